package ecs

import (
	"context"
	"errors"
	"time"

	"slipway/sandbox/ecs/definition"
)

// logPatience is how long a stopped task waits for the last lines of its containers.
const logPatience = 5 * time.Second

var errCut = errors.New("the output ended before the container did")

// logStream names the group and the stream that a container's output goes to, as the awslogs driver does;
// the group is "" when the container has none.
func logStream(t *task, i int, c definition.Container) (group, stream string) {
	if c.LogConfiguration == nil || c.LogConfiguration.LogDriver != "awslogs" {
		return "", ""
	}
	options := c.LogConfiguration.Options
	stream = t.Internal.MetadataIDs[i]
	if prefix := options["awslogs-stream-prefix"]; prefix != "" {
		stream = prefix + "/" + c.Name + "/" + t.Internal.ID
	}
	return options["awslogs-group"], stream
}

// follow copies a container's output to its log stream, from where an earlier run left off, until it has ended.
func (s *Service) follow(t *task, i int, c definition.Container) {
	group, stream := logStream(t, i, c)
	if group == "" {
		return
	}
	id, run := t.Containers[i].RuntimeID, t.run
	run.logs.Add(1)
	s.crew.add(func(ctx context.Context) {
		defer run.logs.Done()
		for ctx.Err() == nil {
			err := s.copyLogs(ctx, id, group, stream)
			if err == nil || !s.exists(ctx, id) {
				return
			}
			s.Log.Warn("following a container's output", "container", id, "error", err)
			s.pause(ctx, time.Second)
		}
	})
}

func (s *Service) copyLogs(ctx context.Context, id, group, stream string) error {
	last, err := s.Logs.Last(ctx, group, stream)
	if err != nil {
		return err
	}
	err = s.Engine.Follow(ctx, id, last, func(at time.Time, line string) error {
		return s.Logs.Append(ctx, group, stream, at, line)
	})
	if err != nil {
		return err
	}
	if status, _, err := s.Engine.Status(ctx, id); err != nil || status.Running {
		return errors.Join(err, errCut)
	}
	return nil
}

func (s *Service) exists(ctx context.Context, id string) bool {
	_, found, err := s.Engine.Status(ctx, id)
	return found || err != nil
}

// awaitLogs waits for the readers of a task's output to reach the end.
func (s *Service) awaitLogs(ctx context.Context, t *task) {
	done := make(chan struct{})
	go func() { t.run.logs.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
	case <-s.Clock.After(logPatience):
		s.Log.Warn("the output of a task was not read to its end", "task", t.Internal.ID)
	}
}
