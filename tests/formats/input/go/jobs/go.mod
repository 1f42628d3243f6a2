module example.com/shop/jobs

go 1.21

require (
	example.com/courier v0.8.0
	example.com/pictures v1.2.0
	example.com/stamps v0.3.1
)
