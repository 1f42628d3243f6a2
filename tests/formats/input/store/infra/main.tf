resource "aws_s3_bucket" "receipts" {
  # checkov:skip=CKV_AWS_18:receipts are logged by the till
  bucket = "store-receipts"
}

resource "aws_db_instance" "stock" {
  #checkov:skip=CKV_AWS_157
  identifier          = "stock"
  engine              = "postgres"
  instance_class      = "db.t3.micro"
  allocated_storage   = 10
  publicly_accessible = true
}

variable "token" {
  default = "letmein-not-a-token"
}
