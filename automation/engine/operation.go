package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"

	"slipway/automation/ui"
)

// OutputsType is the type of a change of nothing but the stack's outputs.
const OutputsType = rootType

// stream is where an operation sends its engine events.
type stream = chan<- events.EngineEvent

// Preview says what an update with this configuration would change. It takes no lock and changes nothing; a stack that
// does not exist is not created. The next Update with the same configuration does what was previewed, or is Stale; only a
// stack that did not exist, and has nothing to lose, is not held to it.
func (s *Stack) Preview(ctx context.Context, config map[string]string) (Changes, error) {
	on, exists, err := s.previewed(ctx, config)
	if err != nil {
		return nil, err
	}
	changes, err := s.run(ctx, "previewing", func(ctx context.Context, to stream) error {
		_, err := on.Preview(ctx, optpreview.Plan(s.dir.planFile()), optpreview.Replace(s.renewed), optpreview.EventStreams(to), optpreview.SuppressProgress())
		return err
	})
	if err == nil && changes.Empty() && exists {
		changes, err = s.outputChanges(ctx)
	}
	s.planned = nil
	if err == nil {
		s.planned = &plan{config: maps.Clone(config), changes: len(changes)}
		if exists {
			s.planned.file = s.dir.planFile()
		}
	}
	return changes, err
}

// previewed answers the stack to preview, with its configuration written, and whether it exists.
func (s *Stack) previewed(ctx context.Context, config map[string]string) (on auto.Stack, exists bool, err error) {
	err = s.ready(ctx)
	if !errors.Is(err, ErrNotFound) || s.existing || s.hosted() {
		return s.pulumi, true, s.prepare(ctx, config)
	}
	if err := s.configure(config); err != nil {
		return s.pulumi, false, err
	}
	on, err = s.rehearse(ctx)
	return on, false, err
}

// outputChanges answers the change of the stack's outputs alone, if there is one, after a preview that found no other:
// an update that was cut off leaves the outputs of before beside the resources of after. What another update changed
// since the last look at the state is no change.
func (s *Stack) outputChanges(ctx context.Context) (Changes, error) {
	if !readable(s.promised) {
		s.forget()
		return nil, nil
	}
	for range 2 {
		known, err := s.look(ctx)
		if err != nil || reflect.DeepEqual(known.outputs, s.promised) {
			return nil, err
		}
		s.forget()
	}
	return Changes{{Op: "update", Type: OutputsType, Name: s.name, Diffs: []string{"outputs"}}}, nil
}

// Update makes the stack what the program says with this configuration, which is merged into the one given to
// Open and recorded in the stack's history together with message. It waits for the lock of others, first
// settles what an interrupted run left open, and answers what it changed, also when it did not get to the end.
func (s *Stack) Update(ctx context.Context, config map[string]string, message string) (Changes, error) {
	var changes Changes
	err := s.whenFree(ctx, func(ctx context.Context) error {
		err := Unwanted(ctx)
		if err == nil {
			err = s.prepare(ctx, config)
		}
		if err == nil {
			err = s.settle(ctx)
		}
		if err == nil {
			options := append(s.asPlanned(config), optup.Message(line(message)), optup.Replace(s.renewed), optup.SuppressProgress())
			changes, err = s.run(ctx, "updating", func(ctx context.Context, to stream) error {
				_, err := s.pulumi.Up(ctx, append(options, optup.EventStreams(to))...)
				return err
			})
			err = stale(s.name, err)
		}
		return err
	})
	return changes, err
}

// longestMessage bounds what goes to pulumi as one argument, which Linux takes up to 128 KiB of (execve(2)).
const longestMessage = 1000

// line is the first line of a message, cut where it is longer than anybody reads.
func line(message string) string {
	message = ui.Printable(ui.FirstLine(message))
	if len(message) <= longestMessage {
		return message
	}
	return strings.ToValidUTF8(message[:longestMessage], "") + "…"
}

// wish is the key of Unless in a context.
type wish struct{}

// Unless makes updates ask before each try whether they are still wanted: who waits for the lock of another update may be
// of no use any more once that has ended. What unwanted answers is the update's error.
func Unless(ctx context.Context, unwanted func(context.Context) error) context.Context {
	return context.WithValue(ctx, wish{}, unwanted)
}

// Unwanted asks what Unless gave, nil when that was nothing.
func Unwanted(ctx context.Context) error {
	if unwanted, asked := ctx.Value(wish{}).(func(context.Context) error); asked {
		return unwanted(ctx)
	}
	return nil
}

// Destroy deletes every resource of the stack. The stack itself, its history and its configuration stay.
func (s *Stack) Destroy(ctx context.Context) (Changes, error) {
	var changes Changes
	err := s.whenFree(ctx, func(ctx context.Context) error {
		err := s.ready(ctx)
		if err == nil {
			err = s.settle(ctx)
		}
		if err == nil {
			changes, err = s.run(ctx, "destroying", func(ctx context.Context, to stream) error {
				_, err := s.pulumi.Destroy(ctx, optdestroy.EventStreams(to), optdestroy.SuppressProgress())
				return err
			})
		}
		return err
	})
	return changes, err
}

// Refresh takes over what the provider says the resources are.
func (s *Stack) Refresh(ctx context.Context) error {
	return s.whenFree(ctx, func(ctx context.Context) error {
		if err := s.ready(ctx); err != nil {
			return err
		}
		return s.refresh(ctx)
	})
}

// Reread takes over what the provider says of these resources, and asks it for nothing else: one that it has no longer
// leaves the state, so that the next preview and update create it again.
func (s *Stack) Reread(ctx context.Context, urns ...string) error {
	return s.whenFree(ctx, func(ctx context.Context) error {
		if err := s.ready(ctx); err != nil {
			return err
		}
		return s.refreshWith(ctx, optrefresh.Target(urns))
	})
}

// refresh reads resources from the provider, those that are named or all, and forgets creations that are pending.
func (s *Stack) refresh(ctx context.Context, urns ...string) error {
	if len(urns) == 0 {
		return s.refreshWith(ctx, optrefresh.ClearPendingCreates())
	}
	return s.refreshWith(ctx, optrefresh.ClearPendingCreates(), optrefresh.Target(urns))
}

// reread reads one resource from the provider.
func (s *Stack) reread(ctx context.Context, urn string) error {
	return s.refreshWith(ctx, optrefresh.Target([]string{urn}))
}

func (s *Stack) refreshWith(ctx context.Context, options ...optrefresh.Option) error {
	_, err := s.run(ctx, "refreshing", func(ctx context.Context, to stream) error {
		_, err := s.pulumi.Refresh(ctx, append(options, optrefresh.EventStreams(to), optrefresh.SuppressProgress())...)
		return err
	})
	return err
}

// prepare makes sure that the stack is there and writes its configuration.
func (s *Stack) prepare(ctx context.Context, config map[string]string) error {
	if err := s.ensure(ctx); err != nil {
		return err
	}
	return s.configure(config)
}

// configure writes the configuration that was given to Open, with this one merged into it.
func (s *Stack) configure(config map[string]string) error {
	values := maps.Clone(s.config)
	if values == nil {
		values = map[string]string{}
	}
	maps.Copy(values, config)
	if err := s.dir.configure(values); err != nil {
		return fmt.Errorf("configuring stack %s: %w", s.name, err)
	}
	return nil
}

// run calls one operation of the Automation API with a deadline, passes its events on and collects its changes.
func (s *Stack) run(ctx context.Context, doing string, call func(context.Context, stream) error) (Changes, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.timeout, fmt.Errorf("took longer than %s", s.timeout))
	defer cancel()
	record := newRecorder(ui.NewEngine(s.sink, s.clock))
	to, stop := record.listen()
	err := guarded(ctx, func() error { return call(sparing(ctx), to) })
	stop()
	switch {
	case doing == "previewing":
		s.wanted, s.promised = record.wanted, record.outputs
	case doing == "updating" && err == nil && readable(record.outputs):
		s.learn(record.outputs)
	default:
		s.forget()
	}
	return record.changes, s.wrap(ctx, doing, err, record.errors)
}

// guarded calls f and gives up on it when it does not return long after ctx has ended.
func guarded(ctx context.Context, f func() error) error {
	ended := make(chan error, 1)
	go func() { ended <- f() }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	last := time.NewTimer(graceToFinish + 2*graceToStop)
	defer last.Stop()
	select {
	case err := <-ended:
		return err
	case <-last.C:
		return fmt.Errorf("pulumi's Automation API does not answer: %w", context.Cause(ctx))
	}
}
