provider "aws" {
  region = "eu-central-1"
}

resource "aws_security_group" "office" {
  name        = "office"
  description = "The office"

  ingress {
    description = "Shell"
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/24"]
  }
}
