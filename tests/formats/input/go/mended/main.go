// Command previews says how large pictures are.
package main

import (
	"os"

	"example.com/pictures"
)

func main() {
	data, err := os.ReadFile(os.Args[1])
	println(pictures.Decode(data), err != nil)
}
