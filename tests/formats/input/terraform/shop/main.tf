provider "aws" {
  region = "eu-central-1"
}

variable "office" {
  type    = string
  default = "203.0.113.0/24"
}

resource "aws_sqs_queue" "orders" {
  name = "orders"
}

resource "aws_security_group" "web" {
  name        = "web"
  description = "The shop"

  ingress {
    description = "Shell"
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }

  egress {
    description = "Anywhere"
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"] #tfsec:ignore:aws-ec2-no-public-egress-sgr
  }
}

module "volumes" {
  source = "./volumes"
}

#tfsec:ignore:aws-ssm-secret-use-customer-key
resource "aws_secretsmanager_secret" "partner" {
  name = "partner"
}
