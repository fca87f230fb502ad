// Package guard keeps a panic to the piece of work that it happened in: the sandbox serves on.
package guard

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/jonboulle/clockwork"
)

// Do runs f and makes an error of its panic, which it also logs with the stack. what says what f does.
func Do(log *slog.Logger, what string, f func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: panic: %v", what, p)
			log.Error("a panic", "in", what, "panic", p, "stack", string(debug.Stack()))
		}
	}()
	f()
	return nil
}

// pause is how long work rests after a panic before it is done again.
const pause = time.Second

// Again runs a loop that ends with ctx, and runs it again a second after each of its panics.
func Again(ctx context.Context, clock clockwork.Clock, log *slog.Logger, what string, loop func()) {
	for Do(log, what, loop) != nil {
		select {
		case <-ctx.Done():
			return
		case <-clock.After(pause):
		}
	}
}
