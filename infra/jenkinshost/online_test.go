package jenkinshost

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
)

// answers are what Systems Manager says, one after the other; the last one stays.
func answers(said ...bool) (ask func() (bool, error), asked *int) {
	asked = new(int)
	return func() (bool, error) {
		*asked++
		return said[min(*asked, len(said))-1], nil
	}, asked
}

func await(t *testing.T, clock *clockwork.FakeClock, ask func() (bool, error)) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- awaitOnline(clock, "i-1", ask) }()
	for {
		waits := make(chan error, 1)
		tick, stop := context.WithCancel(ctx)
		go func() { waits <- clock.BlockUntilContext(tick, 1) }()
		select {
		case err := <-ended:
			stop()
			return err
		case err := <-waits:
			stop()
			if err != nil {
				t.Fatal(err)
			}
			clock.Advance(onlinePause)
		}
	}
}

func TestAssociationWaitsForTheAgent(t *testing.T) {
	clock := clockwork.NewFakeClock()
	ask, asked := answers(false, false, true)
	began := clock.Now()
	if err := await(t, clock, ask); err != nil || *asked != 3 || clock.Since(began) != 2*onlinePause {
		t.Errorf("after %d questions and %s: %v", *asked, clock.Since(began), err)
	}
	ask, asked = answers(false)
	err := await(t, clock, ask)
	if err == nil || !strings.Contains(err.Error(), "i-1 is not connected to Systems Manager after 10m0s") || *asked != 121 {
		t.Errorf("after %d questions: %v", *asked, err)
	}
	denied := errors.New("AccessDeniedException")
	if err := await(t, clock, func() (bool, error) { return false, denied }); !errors.Is(err, denied) {
		t.Error(err)
	}
}
