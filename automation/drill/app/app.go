// Package app is the smallest application that Slipway deploys: it answers /healthz and /version, and misbehaves as
// the file /behaviour.json in its image says.
package app

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
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
)

// File is where an image says how its app behaves, as JSON of a Behaviour.
const File = "/behaviour.json"

// Behaviour is how an app behaves; the zero value is a good one.
type Behaviour struct {
	Colour string        `json:"colour"`
	Exit   int           `json:"exit"`   // exits with this code at once
	Health int           `json:"health"` // status of /healthz; 0 is 200
	Delay  time.Duration `json:"delay"`  // how long a request takes
	Say    string        `json:"say"`    // printed at the start
	Listen string        `json:"listen"` // where it listens; empty is :8080
	Memory int           `json:"memory"` // MiB that it takes at the start
	Start  time.Duration `json:"start"`  // how long it takes until it listens
	Fill   bool          `json:"fill"`   // fills /dev/shm, a disk in memory of the container's own, and ends
}

// Main is the app, or with arguments one of its one-off commands, and answers the exit code.
func Main(args []string) int {
	if len(args) > 0 {
		return task(args[0], args[1:])
	}
	b, err := read()
	if err == nil {
		err = b.run()
	}
	var code exit
	switch {
	case errors.As(err, &code):
		return int(code)
	case err != nil:
		fmt.Println("app:", err)
		return 1
	}
	return 0
}

// exit is an exit code that the behaviour asks for.
type exit int

func (e exit) Error() string { return "exit code " + strconv.Itoa(int(e)) }

func (b Behaviour) run() error {
	if b.Say != "" {
		fmt.Println(b.Say)
	}
	if code, err := strconv.Atoi(os.Getenv("BROKEN")); err == nil {
		b.Exit = code
	}
	if b.Exit != 0 {
		fmt.Println("app: opening the database: connection refused")
		return exit(b.Exit)
	}
	if b.Fill {
		return fill("/dev/shm/full")
	}
	held := take(b.Memory)
	time.Sleep(b.Start)
	server := &http.Server{Addr: cmp.Or(b.Listen, ":8080"), Handler: handler(b)}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		_ = server.Shutdown(context.Background())
	}()
	fmt.Println("app: listening on", server.Addr)
	err := server.ListenAndServe()
	runtime.KeepAlive(held)
	if err == http.ErrServerClosed {
		return nil
	}
	return err
}

// fill writes until the disk has no room, which is the error.
func fill(path string) error {
	file, err := os.Create(path)
	for err == nil {
		_, err = file.Write(make([]byte, 1<<20))
	}
	return err
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

func read() (b Behaviour, err error) {
	raw, err := os.ReadFile(File)
	if err == nil {
		err = json.Unmarshal(raw, &b)
	}
	return b, err
}

func handler(b Behaviour) http.Handler {
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
