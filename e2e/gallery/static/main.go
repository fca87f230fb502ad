// Command static is an app that knows nothing of Slipway: it serves one page on port 3000.
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
	http.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, string(page)) })
	log.Fatal(http.ListenAndServe(":3000", nil))
}
