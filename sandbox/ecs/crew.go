package ecs

import (
	"context"
	"log/slog"
	"sync"

	"slipway/sandbox/guard"
)

// crew runs jobs side by side for as long as its run lasts. Jobs added before wait for it.
type crew struct {
	mu      sync.Mutex
	waiting []func(context.Context)
	wake    chan struct{}
	log     *slog.Logger
}

func newCrew(log *slog.Logger) *crew { return &crew{wake: make(chan struct{}, 1), log: log} }

func (c *crew) add(job func(context.Context)) {
	c.mu.Lock()
	c.waiting = append(c.waiting, job)
	c.mu.Unlock()
	nudge(c.wake)
}

func (c *crew) take() []func(context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	jobs := c.waiting
	c.waiting = nil
	return jobs
}

// run returns when the context has ended and every job has returned.
func (c *crew) run(ctx context.Context) {
	var jobs sync.WaitGroup
	defer jobs.Wait()
	for {
		for _, job := range c.take() {
			jobs.Go(func() { _ = guard.Do(c.log, "a job of ECS", func() { job(ctx) }) })
		}
		select {
		case <-ctx.Done():
			return
		case <-c.wake:
		}
	}
}

// nudge wakes the reader of a channel of capacity 1, once for any number of nudges.
func nudge(wake chan struct{}) {
	select {
	case wake <- struct{}{}:
	default:
	}
}
