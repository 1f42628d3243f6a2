resource "aws_ebs_volume" "pictures" {
  availability_zone = "eu-central-1a"
  size              = 40
}

resource "aws_ebs_volume" "orders" {
  availability_zone = "eu-central-1a"
  size              = 20
  encrypted         = true
}
