// Command jobs makes previews of pictures and tells a partner of them.
package main

import (
	"fmt"
	"net/url"
	"os"

	"example.com/courier"
)

func main() {
	where, err := url.Parse(os.Getenv("PARTNER"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range os.Args[1:] {
		size, err := preview(name)
		fmt.Println(courier.Line(where.Host, name), size, err)
	}
}
