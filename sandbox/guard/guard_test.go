package guard_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/sandbox/guard"
)

func TestAPanicIsLoggedWithItsStack(t *testing.T) {
	var b bytes.Buffer
	err := guard.Do(slog.New(slog.NewTextHandler(&b, nil)), "counting", func() { panic("boom") })
	if err == nil || err.Error() != "counting: panic: boom" {
		t.Errorf("the error is %v", err)
	}
	for _, want := range []string{"counting", "boom", "guard_test.go"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the log has no %q: %s", want, b.String())
		}
	}
	if err := guard.Do(slog.New(slog.DiscardHandler), "nothing", func() {}); err != nil {
		t.Error(err)
	}
}

func TestALoopGoesOnASecondLater(t *testing.T) {
	clock, runs, done := clockwork.NewFakeClock(), 0, make(chan struct{})
	go func() {
		defer close(done)
		guard.Again(t.Context(), clock, slog.New(slog.DiscardHandler), "looping", func() {
			if runs++; runs < 3 {
				panic("boom")
			}
		})
	}()
	for range 2 {
		if err := clock.BlockUntilContext(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		clock.Advance(time.Second)
	}
	<-done
	if runs != 3 {
		t.Errorf("it ran %d times", runs)
	}
}
