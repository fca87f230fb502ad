// Tool is what the images of the tests hold: told a number, it prints lines and exits with that code;
// told anything else, it waits.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

func main() {
	code, err := strconv.Atoi(os.Args[1])
	if err != nil {
		time.Sleep(time.Hour)
	}
	for i := range 30 {
		fmt.Println("line", i+1)
	}
	os.Exit(code)
}
