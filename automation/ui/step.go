package ui

import (
	"fmt"
	"time"

	"github.com/jonboulle/clockwork"
)

// Step reports to sink that a step begins, and returns the function that reports its end.
func Step(sink Sink, clock clockwork.Clock, name string) func(outcome Outcome, note string) {
	begun := clock.Now()
	sink.Event(StepStarted{Name: name})
	return func(outcome Outcome, note string) {
		sink.Event(StepEnded{Name: name, Outcome: outcome, Duration: clock.Since(begun), Note: note})
	}
}

// duration writes a duration as people read it: 0.4s, 12s, 3m5s.
func duration(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return d.Round(time.Second).String()
}
