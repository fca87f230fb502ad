// Package fault holds the error that a person acts on: what was being done,
// why it did not work, what shows it, what to run next, and the exit code.
package fault

import (
	"context"
	"errors"
)

// Exit codes of the deployer. Scripts branch on them, so a number never
// changes its meaning.
const (
	OK             = 0   // done, or nothing to do
	Unexpected     = 1   // an error that no other code names
	BadInput       = 2   // arguments or configuration that cannot be right
	NotReady       = 3   // preflight: something that a release needs is missing
	BuildFailed    = 4   // the image did not build; no environment was touched
	Locked         = 5   // another update holds the stack
	RolledBack     = 6   // the rollout did not work and the previous version serves
	RollbackFailed = 7   // the rollout did not work and neither did putting the previous version back
	Superseded     = 8   // a newer release took over; a result, not an error
	Interrupted    = 130 // the user stopped it (128 + SIGINT)
)

// Error is an error with what a person needs to act on it. Op says what was
// being done and Cause why it did not work; Evidence holds lines that show it,
// Next one command or sentence to go on with; Code is one of the exit codes and
// Err the error below, if there is one.
type Error struct {
	Op       string   `json:"op"`
	Cause    string   `json:"cause"`
	Evidence []string `json:"evidence,omitempty"`
	Next     string   `json:"next,omitempty"`
	Code     int      `json:"code"`
	Err      error    `json:"-"`
}

// Error answers "op: cause", or the underlying error where no cause was given.
func (e *Error) Error() string {
	why := e.why()
	switch {
	case e.Op == "":
		return why
	case why == "":
		return e.Op
	}
	return e.Op + ": " + why
}

// Unwrap gives the error below to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Err }

func (e *Error) why() string {
	if e.Cause == "" && e.Err != nil {
		return e.Err.Error()
	}
	return e.Cause
}

// CodeOf answers the exit code for err: the outermost Error's own, 130 for a
// cancelled context, 0 for nil and 1 for everything else.
func CodeOf(err error) int {
	var e *Error
	switch {
	case err == nil:
		return OK
	case errors.As(err, &e) && e.Code != 0:
		return e.Code
	case errors.Is(err, context.Canceled):
		return Interrupted
	}
	return Unexpected
}
