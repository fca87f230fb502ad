package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"

	"slipway/automation/ui"
)

// Failed is the error of an operation that the engine did not complete.
type Failed struct {
	Stack       string
	Doing       string   // "updating", "previewing", …
	Diagnostics []string // what the engine, the providers and the program said, may be empty
	Err         error
	Program     error // what the program itself returned, nil when it returned none
}

func (e *Failed) Error() string {
	said := strings.Join(e.Diagnostics, "; ")
	switch {
	case said == "":
		said = spoken(e.Err)
	case e.Interrupted():
		said = spoken(e.Err) + "; until then: " + said
	}
	return fmt.Sprintf("%s stack %s: %s", e.Doing, e.Stack, said)
}

// Unwrap gives what the Automation API, or the end of the context, said.
func (e *Failed) Unwrap() error { return e.Err }

// As finds the program's own error, of which the engine keeps only the text.
func (e *Failed) As(target any) bool { return e.Program != nil && errors.As(e.Program, target) }

// Interrupted says whether the operation was stopped from outside, by a deadline or a user.
func (e *Failed) Interrupted() bool {
	return errors.Is(e.Err, context.Canceled) || errors.Is(e.Err, context.DeadlineExceeded)
}

// wrap makes the error that callers see. What AWS refused pulumi itself, before its events began, is a *Refused.
// A lock keeps its own error, whenFree looks for it.
func (s *Stack) wrap(ctx context.Context, doing string, err error, diagnostics []string) error {
	if err == nil {
		return nil
	}
	if ctx.Err() == nil && len(diagnostics) == 0 {
		if refused := s.refusedBy(doing, err); refused != nil {
			return refused
		}
		if asksForPassphrase(err) {
			return &NoPassphrase{Stack: s.name}
		}
	}
	failed := &Failed{Stack: s.name, Doing: doing, Diagnostics: diagnostics, Err: err, Program: s.returned.take()}
	if ctx.Err() != nil && !auto.IsConcurrentUpdateError(err) {
		if errors.Is(ctx.Err(), context.Canceled) { // what providers say of being stopped
			failed.Diagnostics = nil
		}
		failed.Err = fmt.Errorf("stopped: %w: %w", context.Cause(ctx), ctx.Err())
		if errors.Is(context.Cause(ctx), ctx.Err()) {
			failed.Err = fmt.Errorf("stopped: %w", ctx.Err())
		}
	}
	return failed
}

// spoken takes the line that matters out of the Automation API's account of a CLI command.
func spoken(err error) string {
	text := err.Error()
	_, talk, found := strings.Cut(text, "\nstderr: ")
	if !found {
		return text
	}
	for line := range strings.Lines(talk) {
		if _, reason, ok := strings.Cut(line, "error: "); ok && strings.TrimSpace(reason) != "" {
			return strings.TrimSpace(reason)
		}
	}
	if line := ui.FirstLine(talk); line != "" {
		return line
	}
	_, printed, _ := strings.Cut(text, "\nstdout: ")
	printed, _, _ = strings.Cut(printed, "\nstderr: ")
	all := strings.Split(strings.TrimSpace(printed), "\n")
	if last := strings.TrimSpace(all[len(all)-1]); last != "" {
		return last
	}
	return ui.FirstLine(text)
}

// unhandled begins what Pulumi says of an error that the program returned (sdk/go/pulumi, RunErr).
const unhandled = "an unhandled error occurred"

// Reason is the first thing that went wrong, in the program's own words where it was the program.
func (e *Failed) Reason() string {
	switch {
	case len(e.Diagnostics) == 0:
		return spoken(e.Err)
	case e.Program != nil && strings.HasPrefix(e.Diagnostics[0], unhandled):
		return e.Program.Error()
	}
	return e.Diagnostics[0]
}
