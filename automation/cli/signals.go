package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"slipway/automation/fault"
	"slipway/automation/ui"
)

// interruptible returns a context that the first interrupt ends; the second one leaves at once. A terminal that is gone
// ends a command that only looks or asks; one that changes something goes on to its end, as does any whose output
// nobody reads: what is half done is worse than what nobody sees.
func interruptible(s *Session) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	s.left = ctx.Done()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
		signal.Notify(signals, syscall.SIGHUP)
	}
	unread := make(chan os.Signal, 1)
	signal.Notify(unread, syscall.SIGPIPE) // a write to a closed pipe answers EPIPE then, and the process lives
	go s.obey(signals, cancel)
	return ctx, func() {
		signal.Stop(signals)
		signal.Stop(unread)
		close(signals)
		cancel()
	}
}

func (s *Session) obey(signals <-chan os.Signal, cancel context.CancelFunc) {
	told := false
	for got := range signals {
		switch {
		case got == syscall.SIGHUP:
			if s.asks.Load() || s.looks.Load() {
				cancel()
			}
		case told:
			s.quiet()
			_, _ = fmt.Fprintln(s.Talk, "left in the middle: run the same command again, it settles what was left open")
			os.Exit(fault.Interrupted)
		default:
			told = true
			s.sayStopping()
			cancel()
		}
	}
}

// sayStopping tells what the first Ctrl-C does, where that takes time.
func (s *Session) sayStopping() {
	if s.asks.Load() || s.looks.Load() {
		return
	}
	text := "stopping: state and lock are put in order first"
	if own, ok := s.stops.Load().(string); ok {
		text = own
	}
	s.Sink().Event(ui.Warning{Text: text + "; once more leaves at once"})
}
