module example.com/shop/clock

go 1.21
