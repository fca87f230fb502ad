// The program of the test image: a web server that misbehaves as its environment says.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "check" {
		check()
	}
	if len(os.Args) > 1 && os.Args[1] == "stay" {
		stay()
	}
	n, _ := strconv.Atoi(os.Getenv("PRINT"))
	for i := range n {
		fmt.Println("line", i)
	}
	if after, err := time.ParseDuration(os.Getenv("EXIT_AFTER")); err == nil {
		time.AfterFunc(after, func() { fmt.Println("giving up"); os.Exit(3) })
		if after == 0 {
			os.Exit(3)
		}
	}
	if mb, _ := strconv.Atoi(os.Getenv("EAT")); mb > 0 {
		eat(mb)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	go func() {
		<-stop
		if os.Getenv("IGNORE_SIGTERM") == "" {
			fmt.Println("stopping")
			os.Exit(0)
		}
	}()
	serve()
}

// stay goes on whatever is typed, until its terminal goes.
func stay() {
	signal.Ignore(os.Interrupt)
	fmt.Println("stays")
	time.Sleep(time.Hour)
}

func serve() {
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, os.Getenv("VERSION")) })
	http.HandleFunc("/env", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, os.Getenv(r.URL.RawQuery)) })
	http.HandleFunc("/crash", func(http.ResponseWriter, *http.Request) { os.Exit(5) })
	http.HandleFunc("/print", func(_ http.ResponseWriter, r *http.Request) { fmt.Println(r.URL.RawQuery) })
	http.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		if os.Getenv("UNHEALTHY") != "" {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	http.HandleFunc("/credentials", func(w http.ResponseWriter, _ *http.Request) {
		pass(w, "http://169.254.170.2"+os.Getenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"))
	})
	http.HandleFunc("/port80", func(w http.ResponseWriter, _ *http.Request) { pass(w, "http://127.0.0.1/") })
	http.HandleFunc("/aws", func(w http.ResponseWriter, _ *http.Request) {
		pass(w, os.Getenv("AWS_ENDPOINT_URL")+"/in/"+os.Getenv("AWS_REGION"))
	})
	http.HandleFunc("/metadata", func(w http.ResponseWriter, r *http.Request) {
		pass(w, os.Getenv("ECS_CONTAINER_METADATA_URI_V4")+r.URL.RawQuery)
	})
	go func() { fmt.Fprintln(os.Stderr, http.ListenAndServe(":80", nil)) }()
	fmt.Fprintln(os.Stderr, http.ListenAndServe(":8080", nil))
}

// pass answers what a URL answers.
func pass(w http.ResponseWriter, url string) {
	res, err := http.Get(url)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer res.Body.Close()
	w.WriteHeader(res.StatusCode)
	_, _ = io.Copy(w, res.Body)
}

func check() {
	res, err := http.Get("http://localhost:8080/healthz")
	if err != nil || res.StatusCode != http.StatusOK {
		os.Exit(1)
	}
	os.Exit(0)
}

func eat(mb int) {
	var eaten [][]byte
	for range mb {
		b := make([]byte, 1<<20)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		eaten = append(eaten, b)
	}
	fmt.Println("ate", len(eaten))
}
