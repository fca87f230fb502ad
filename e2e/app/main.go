// Command app is the smallest application that Slipway deploys: it answers /healthz and /version, and misbehaves as
// the file /behaviour.json in its image says.
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"context"
)

type behaviour struct {
	Colour string        `json:"colour"`
	Exit   int           `json:"exit"`   // exits with this code at once
	Health int           `json:"health"` // status of /healthz; 0 is 200
	Delay  time.Duration `json:"delay"`  // how long a request takes
	Say    string        `json:"say"`    // printed at the start
	Listen string        `json:"listen"` // where it listens; empty is :8080
	Memory int           `json:"memory"` // MiB that it takes at the start
}

func main() {
	if len(os.Args) > 1 {
		os.Exit(task(os.Args[1], os.Args[2:]))
	}
	b := read()
	if b.Say != "" {
		fmt.Println(b.Say)
	}
	if code, err := strconv.Atoi(os.Getenv("BROKEN")); err == nil {
		b.Exit = code
	}
	if b.Exit != 0 {
		fmt.Println("app: opening the database: connection refused")
		os.Exit(b.Exit)
	}
	held := take(b.Memory)
	server := &http.Server{Addr: cmp.Or(b.Listen, ":8080"), Handler: handler(b)}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		_ = server.Shutdown(context.Background())
	}()
	fmt.Println("app: listening on", server.Addr)
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		fmt.Println("app:", err)
		os.Exit(1)
	}
	runtime.KeepAlive(held)
}

// take fills so many MiB of memory.
func take(mib int) (held [][]byte) {
	for range mib {
		held = append(held, bytes.Repeat([]byte{1}, 1<<20))
	}
	return held
}

// task is what a one-off command does: print its arguments, a variable, or the number to exit with; or wait for SIGTERM.
func task(name string, args []string) int {
	code := 0
	switch name {
	case "say":
		fmt.Println(strings.Join(args, " "))
	case "env":
		fmt.Println(os.Getenv(args[0]))
	case "exit":
		fmt.Sscan(args[0], &code)
	case "wait":
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		fmt.Println("waiting")
		<-ctx.Done()
		fmt.Println("told to stop")
	default:
		code = 127
	}
	return code
}

func read() (b behaviour) {
	raw, err := os.ReadFile("/behaviour.json")
	if err == nil {
		err = json.Unmarshal(raw, &b)
	}
	if err != nil {
		fmt.Println("app:", err)
		os.Exit(1)
	}
	return b
}

func handler(b behaviour) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		if b.Health != 0 {
			w.WriteHeader(b.Health)
		}
		fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("/slow", func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(time.Second)
		fmt.Fprintln(w, "at last")
	})
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // whole: HTTP/1 reads nothing once an answer has begun
		_, _ = w.Write(body)
	})
	mux.HandleFunc("/version", func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(b.Delay)
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{
			"commit": os.Getenv("SLIPWAY_COMMIT"), "digest": os.Getenv("SLIPWAY_DIGEST"), "task": os.Getenv("HOSTNAME"), "colour": b.Colour,
		})
	})
	return mux
}
