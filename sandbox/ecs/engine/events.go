package engine

import (
	"context"

	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/filters"
)

// Watch calls changed with the id of each container of the sandbox that ends or whose health changes,
// until the context ends or the connection breaks. It calls ready once it listens.
func (e *Engine) Watch(ctx context.Context, ready func(), changed func(id string)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if _, err := e.docker.Ping(ctx); err != nil {
		return err
	}
	messages, errs := e.docker.Events(ctx, events.ListOptions{Filters: filters.NewArgs(
		filters.Arg("type", string(events.ContainerEventType)),
		filters.Arg("label", Label+"="+e.sandbox),
		filters.Arg("event", string(events.ActionDie)),
		filters.Arg("event", string(events.ActionOOM)),
		filters.Arg("event", string(events.ActionHealthStatus)),
	)})
	ready()
	for {
		select {
		case m := <-messages:
			changed(m.Actor.ID)
		case err := <-errs:
			return err
		}
	}
}
