// Package pictures is a sample: it reads no picture.
package pictures

// Decode says how long a picture is.
func Decode(data []byte) int { return frames(data) }

// Encode is called by nobody.
func Encode(size int) []byte { return make([]byte, size) }

func frames(data []byte) int { return len(data) }
