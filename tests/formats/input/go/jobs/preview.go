package main

import (
	"os"

	"example.com/pictures"
)

func preview(name string) (int, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return 0, err
	}
	return pictures.Decode(data), nil
}
