// Command keyed is an app that serves only when it was given what it needs: a command, two variables
// and two secrets. The same image has the step that runs before it.
package main

import (
	"crypto/sha256"
	"fmt"
	"log"
	"net/http"
	"os"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("one argument: migrate or serve")
	}
	switch os.Args[1] {
	case "migrate":
		fmt.Println("migrated")
	case "seal", "tell":
		builds(os.Args[1])
	case "serve":
		serve()
	default:
		log.Fatalf("%s is not a command", os.Args[1])
	}
}

func serve() {
	for _, name := range []string{"GREETING", "API_TOKEN", "DATABASE_PASSWORD"} {
		if os.Getenv(name) == "" {
			log.Fatal(name + " is not set")
		}
	}
	if os.Getenv("GREETING") == "die" {
		log.Fatal("as you wish")
	}
	http.HandleFunc("GET /up", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	http.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "%s %s %s %d", os.Getenv("GREETING"), sum("API_TOKEN"), sum("DATABASE_PASSWORD"), os.Getuid())
	})
	log.Fatal(http.ListenAndServe(":"+os.Getenv("PORT"), nil))
}

// builds is a step of the image's build, which shows that it has a secret: as a digest in a file, or all of it.
func builds(how string) {
	token, err := os.ReadFile("/run/secrets/NPM_TOKEN")
	switch {
	case os.IsNotExist(err):
		return
	case err != nil:
		log.Fatal(err)
	case how == "tell":
		log.Fatalf("the token is %s", token)
	}
	if err := os.WriteFile("/seal", fmt.Appendf(nil, "%x", sha256.Sum256(token))[:12], 0o644); err != nil {
		log.Fatal(err)
	}
}

// sum shows that a secret arrived, and not the secret.
func sum(name string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(os.Getenv(name))))[:12] }
