package logs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/automation/cloud"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// group is a log group in memory: the lines from a time on, two a page. After each look the next of later are there.
type group struct {
	lines []cloud.Line
	later [][]cloud.Line
	asked []time.Time
}

func (g *group) Lines(_ context.Context, _ string, streams []string, since time.Time, page func([]cloud.Line) error) error {
	g.asked = append(g.asked, since)
	all := slices.DeleteFunc(slices.Clone(g.lines), func(l cloud.Line) bool {
		return l.Time.Before(since) || len(streams) > 0 && !slices.Contains(streams, l.Stream)
	})
	slices.SortFunc(all, func(a, b cloud.Line) int { return a.Time.Compare(b.Time) })
	for part := range slices.Chunk(all, 2) {
		slices.Reverse(part) // within a page nothing is promised
		if err := page(part); err != nil {
			return err
		}
	}
	if len(g.later) > 0 {
		g.lines, g.later = append(g.lines, g.later[0]...), g.later[1:]
	}
	return nil
}

func line(id string, seconds int, stream string) cloud.Line {
	return cloud.Line{ID: id, Stream: stream, Time: noon.Add(time.Duration(seconds) * time.Second), Text: "text " + id + "\r\n"}
}

func TestReadMergesByTime(t *testing.T) {
	g := &group{lines: []cloud.Line{line("b", 2, "app/app/2222"), line("a", 1, "app/app/1111"), line("c", 3, "app/sidecar/1111")}}
	var got []string
	r := Reader{Group: g, Since: noon, Clock: clockwork.NewFakeClockAt(noon), Print: func(l Line) error {
		got = append(got, fmt.Sprintf("%s %s %s %q", l.Time.Format("05"), l.Container, l.Task, l.Text))
		return nil
	}}
	if err := r.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{`01 app 1111 "text a"`, `02 app 2222 "text b"`, `03 sidecar 1111 "text c"`}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// A line that arrives late is printed, and none is printed twice or lost, however many looks there are.
func TestFollow(t *testing.T) {
	g := &group{
		lines: []cloud.Line{line("a", 1, "s"), line("d", 40, "s")},
		later: [][]cloud.Line{{line("b", 30, "s")}, nil, {line("e", 41, "s"), line("c", 35, "s")}, nil},
	}
	clock := clockwork.NewFakeClockAt(noon)
	ctx, cancel := context.WithCancel(t.Context())
	var got []string
	r := Reader{Group: g, Since: noon, Clock: clock, Print: func(l Line) error { got = append(got, l.Text[len("text "):]); return nil }}
	ended := make(chan error)
	go func() { ended <- r.Follow(ctx) }()
	for range 6 {
		if err := clock.BlockUntilContext(ctx, 1); err != nil {
			t.Fatal(err)
		}
		clock.Advance(pause)
	}
	_ = clock.BlockUntilContext(ctx, 1)
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
	if want := []string{"a", "d", "b", "c", "e"}; !slices.Equal(got, want) {
		t.Errorf("printed %q, want %q", got, want)
	}
	if last := g.asked[len(g.asked)-1]; !last.Equal(noon.Add(41*time.Second-late)) || len(r.seen) != 4 {
		t.Errorf("asks from %s, remembers %v", last, r.seen)
	}
}
