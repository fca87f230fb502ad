// Package logs reads what the tasks of a service print, merged by time, once or until it is told to stop.
package logs

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/automation/cloud"
)

// Group is a log group in CloudWatch.
type Group interface {
	Lines(ctx context.Context, group string, streams []string, since time.Time, page func([]cloud.Line) error) error
}

// Line is what one task printed at a time.
type Line struct {
	Time      time.Time `json:"time"`
	Task      string    `json:"task"` // the task's whole id
	Container string    `json:"container"`
	Text      string    `json:"text"`
}

// Reader reads a group. Print is called for each line, in the order of their times as far as CloudWatch knows them.
type Reader struct {
	Group   Group
	Name    string   // of the group
	Streams []string // all of them when empty
	Since   time.Time
	Clock   clockwork.Clock
	Print   func(Line) error

	seen map[string]time.Time // by the event's id
	last time.Time
}

// pause is between two looks of a reader that follows. The least that CloudWatch Logs grants an account for
// FilterLogEvents is 5 calls a second (CloudWatch Logs quotas, November 2026).
const pause = time.Second

// late is how much older than the newest line one may be that arrives after it: what the tasks' hosts send is gathered for
// seconds, and by each host on its own.
const late = 15 * time.Second

// Read prints what is there.
func (r *Reader) Read(ctx context.Context) error {
	if r.seen == nil {
		r.seen, r.last = map[string]time.Time{}, r.Since
	}
	from := r.last.Add(-late)
	if from.Before(r.Since) {
		from = r.Since
	}
	return r.Group.Lines(ctx, r.Name, r.Streams, from, r.page)
}

// Follow prints what is there and what comes until ctx ends, and answers its error.
func (r *Reader) Follow(ctx context.Context) error {
	for {
		if err := r.Read(ctx); err != nil {
			return err
		}
		r.forget()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-r.Clock.After(pause):
		}
	}
}

func (r *Reader) page(lines []cloud.Line) error {
	slices.SortStableFunc(lines, func(a, b cloud.Line) int { return a.Time.Compare(b.Time) })
	for _, l := range lines {
		if _, known := r.seen[l.ID]; known {
			continue
		}
		r.seen[l.ID] = l.Time
		if l.Time.After(r.last) {
			r.last = l.Time
		}
		container, task := origin(l.Stream)
		if err := r.Print(Line{Time: l.Time, Task: task, Container: container, Text: strings.TrimRight(l.Text, "\r\n")}); err != nil {
			return err
		}
	}
	return nil
}

// forget keeps the ids only of lines that the next look can bring again.
func (r *Reader) forget() {
	for id, at := range r.seen {
		if at.Before(r.last.Add(-late)) {
			delete(r.seen, id)
		}
	}
}

// origin reads the name of a stream: prefix/container/task.
func origin(stream string) (container, task string) {
	parts := strings.Split(stream, "/")
	if len(parts) < 3 {
		return "", stream
	}
	return parts[len(parts)-2], parts[len(parts)-1]
}
