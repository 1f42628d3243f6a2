// Package courier is a sample: it sends nothing.
package courier

// Line is the first line of a message.
func Line(host, name string) string { return host + " " + name }

// Follow is called by nobody.
func Follow(host string) string { return host }
