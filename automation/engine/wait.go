package engine

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"slipway/automation/ui"
)

// Times between two looks at a lock, and between two lines that tell of it.
const (
	shortestLook = 300 * time.Millisecond
	longestLook  = 3 * time.Second
	tellEvery    = 10 * time.Second
)

// whenFree runs operation as soon as nobody else holds the stack, up to WaitLock from now. An update whose deployer
// is gone holds it no longer than it would have had to finish: pulumi can hang when that happens as it starts.
func (s *Stack) whenFree(ctx context.Context, operation func(context.Context) error) error {
	begun, told, pause := s.clock.Now(), time.Time{}, shortestLook
	var abandoned time.Time // when the holder was first seen without its deployer
	for {
		err := operation(ctx)
		locked := lockedBy(s.name, err)
		if locked == nil {
			return err
		}
		s.forget() // whoever holds the lock changes the state
		if locked.dead() {
			if err, tried := s.takeOver(ctx, operation); tried {
				return err
			}
		}
		switch {
		case !locked.abandoned():
			abandoned = time.Time{}
		case abandoned.IsZero():
			abandoned = s.clock.Now()
		case s.clock.Since(abandoned) >= s.graceToFinish:
			s.sink.Event(ui.Warning{Text: fmt.Sprintf("ending the update of stack %s by %s: its deployer is gone "+
				"and it did not end within %s", s.name, locked.Who(), s.graceToFinish)})
			locked.end()
		}
		locked.Waited = s.clock.Since(begun)
		if locked.Waited+pause > s.waitLock && abandoned.IsZero() {
			return locked
		}
		if s.clock.Since(told) >= tellEvery {
			told = s.clock.Now()
			s.sink.Event(ui.Note{Text: fmt.Sprintf("waiting for the lock of stack %s, held by %s; %s left",
				s.name, locked.Who(), max(0, s.waitLock-locked.Waited).Round(time.Second))})
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-s.clock.After(pause + rand.N(pause)): // two that wait must not meet again
		}
		pause = min(pause*3/2, longestLook)
	}
}

// takeOver removes the lock of a dead process and runs operation. As pulumi removes every lock of a stack and
// knows no condition, only one process of this machine may do so at a time, and looks again before it does.
func (s *Stack) takeOver(ctx context.Context, operation func(context.Context) error) (result error, tried bool) {
	guard, err := s.guard()
	if err != nil || guard == nil {
		return err, err != nil
	}
	defer func() { _ = guard.Close() }()
	err = operation(ctx)
	locked := lockedBy(s.name, err)
	if locked == nil {
		return err, true
	}
	if !locked.dead() {
		return nil, false
	}
	s.sink.Event(ui.Warning{Text: fmt.Sprintf("removing the lock of stack %s that %s left behind: "+
		"the process is gone", s.name, locked.Who())})
	if err := s.Unlock(ctx); err != nil {
		return err, true
	}
	err = operation(ctx)
	return err, lockedBy(s.name, err) == nil
}

// guard returns a file that only one process of this machine can have, or nil when another one has it.
func (s *Stack) guard() (*os.File, error) {
	name := fmt.Sprintf("slipway-%d-%s.lock", os.Getuid(), s.name)
	file, err := os.OpenFile(filepath.Join(os.TempDir(), name), os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the guard of stack %s: %w", s.name, err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		return nil, nil
	}
	return file, nil
}
