package ecs

import (
	"context"

	"sync"
	"time"

	"slipway/sandbox/awsapi"
)

// lines keeps what containers print, by stream, for the groups that it has.
type lines struct {
	mu      sync.Mutex
	groups  map[string]bool
	streams map[string][]string
	last    map[string]time.Time
}

func newLines(groups ...string) *lines {
	l := &lines{groups: map[string]bool{}, streams: map[string][]string{}, last: map[string]time.Time{}}
	for _, g := range groups {
		l.groups[g] = true
	}
	return l
}

func (l *lines) CreateStream(_ context.Context, group, _ string) error {
	if !l.groups[group] {
		return awsapi.Errorf("ResourceNotFoundException", "The specified log group does not exist.")
	}
	return nil
}

func (l *lines) Append(_ context.Context, _, stream string, at time.Time, line string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.streams[stream] = append(l.streams[stream], line)
	l.last[stream] = at
	return nil
}

func (l *lines) Last(_ context.Context, _, stream string) (time.Time, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last[stream], nil
}

func (l *lines) of(t taskView) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string{}, l.streams["web/app/"+lastPart(t.TaskARN)]...)
}
