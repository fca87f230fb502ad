// Tool is what a step of the tests runs: it prints a file and fails, or writes the digest of one into another.
package main

import (
	"crypto/sha256"
	"fmt"
	"log"
	"os"
)

func main() {
	text, err := os.ReadFile(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	switch os.Args[1] {
	case "print":
		log.Fatalf("it is %s", text)
	case "sum":
		if err := os.WriteFile("/sum", fmt.Appendf(nil, "%x", sha256.Sum256(text)), 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
