// Package stamps is required and never imported.
package stamps

// New makes a stamp.
func New() string { return "stamp" }
