// Command clock prints nothing but a greeting.
package main

func main() { println("It is time.") }
