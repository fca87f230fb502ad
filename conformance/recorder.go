package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"

	"slipway/conformance/grants"
	"slipway/sandbox/iam"
	"slipway/sandbox/iam/calls"
)

// recorder listens to the calls of one stack: it stands between its clients and the emulator.
type recorder struct {
	e      *emulator
	server *httptest.Server

	mu     sync.Mutex
	duty   string // empty while nothing is measured
	seen   []grants.Call
	faults map[string]bool // of calls that could not be read, or have no rule
}

// listen serves the emulator on a port of its own, to hear its calls apart from those of other stacks.
func (e *emulator) listen() *recorder {
	r := &recorder{e: e, faults: map[string]bool{}}
	r.server = httptest.NewServer(r)
	return r
}

// during names the duty that calls belong to from now on; empty ends the measurement.
func (r *recorder) during(duty string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.duty = duty
}

// ServeHTTP notes what the call asks IAM for, then lets the emulator answer it.
func (r *recorder) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	duty := r.duty
	r.mu.Unlock()
	if duty != "" {
		r.note(duty, request, body)
	}
	request.Body = io.NopCloser(bytes.NewReader(body))
	r.e.ServeHTTP(w, request)
}

// note asks before the call is made: afterwards what it deletes has no tags.
func (r *recorder) note(duty string, request *http.Request, body []byte) {
	call, err := calls.Read(request, body, account, r.e.world)
	var needs []iam.Request
	if err == nil {
		needs, err = call.Needs()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var unmapped *calls.Unmapped
	switch {
	case errors.As(err, &unmapped) && unmappable[unmapped.Service+":"+unmapped.Operation] != "":
	case err != nil:
		r.faults[fmt.Sprintf("%s: %v", duty, err)] = true
	default:
		r.seen = append(r.seen, grants.Call{Duty: duty, Needs: needs})
	}
}

// unmappable are calls that no rule can be written for, each with the reason.
var unmappable = map[string]string{}
