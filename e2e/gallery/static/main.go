// Command static is an app that knows nothing of Slipway: it serves one page on port 3000. With arguments it does
// something once instead: read prints the page, env prints a variable, migrate says that it was called.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
)

func main() {
	page, err := os.ReadFile("/index.html")
	if err != nil {
		log.Fatal(err)
	}
	if len(os.Args) > 1 {
		once(os.Args[1:], page)
		return
	}
	http.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, string(page)) })
	log.Fatal(http.ListenAndServe(":3000", nil))
}

func once(args []string, page []byte) {
	switch {
	case args[0] == "read":
		fmt.Println(string(page))
	case args[0] == "migrate":
		fmt.Println("migrated")
	case args[0] == "env" && len(args) == 2:
		fmt.Println(os.Getenv(args[1]))
	default:
		log.Fatalf("what is %q?", args)
	}
}
