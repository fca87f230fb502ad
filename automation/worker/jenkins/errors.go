package jenkins

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
)

// ErrNotFound is what a build, a queue item or an artifact is that Jenkins does not know.
var ErrNotFound = errors.New("jenkins does not know it")

// Unavailable is an error that may pass: Jenkins is not reached, is starting, or did not answer in full.
type Unavailable struct {
	Doing  string
	Err    error
	Unsent bool // the call was not made at all
}

// Error says what was being done and what stood in the way.
func (e *Unavailable) Error() string { return e.Doing + ": " + e.Err.Error() }

// Unwrap gives the error below.
func (e *Unavailable) Unwrap() error { return e.Err }

// Refused is an answer that is neither the wanted one nor a sign that Jenkins is starting.
type Refused struct {
	Doing  string
	Status int
}

// Error says what was refused, and the status.
func (e *Refused) Error() string {
	switch e.Status {
	case http.StatusUnauthorized:
		return e.Doing + ": jenkins refuses the user or the password (status 401)"
	case http.StatusForbidden:
		return e.Doing + ": jenkins does not allow it (status 403)"
	}
	return fmt.Sprintf("%s: jenkins answered with status %d", e.Doing, e.Status)
}

// Untouched says that the call behind err certainly had no effect: nothing was sent, nobody listened, or Jenkins
// refused it.
func Untouched(err error) bool {
	var refused *Refused
	var away *Unavailable
	if errors.As(err, &away) {
		return away.Unsent || errors.Is(err, syscall.ECONNREFUSED)
	}
	return errors.As(err, &refused) || errors.Is(err, ErrNotFound)
}

// refusal is the error for a response that is none of success, and closes it.
func refusal(k call, response *http.Response) error {
	_, _ = io.CopyN(io.Discard, response.Body, 64<<10)
	_ = response.Body.Close()
	switch status := response.StatusCode; {
	case status == http.StatusNotFound:
		return fmt.Errorf("%s: %w", k, ErrNotFound)
	case status >= http.StatusInternalServerError:
		return &Unavailable{Doing: k.String(), Err: errors.New("status " + strings.ToLower(response.Status)), Unsent: status == http.StatusServiceUnavailable}
	default:
		return &Refused{Doing: k.String(), Status: status}
	}
}
