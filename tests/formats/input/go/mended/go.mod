module example.com/shop/previews

go 1.21

require (
	example.com/pictures v1.3.0
)
