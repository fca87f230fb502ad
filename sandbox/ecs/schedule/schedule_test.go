package schedule

import (
	"fmt"
	"reflect"
	"testing"
	"time"
)

func TestLimits(t *testing.T) {
	for _, c := range []struct{ desired, min, max, healthy, alive int }{
		{0, 100, 200, 0, 0},
		{1, 100, 200, 1, 2},
		{1, 50, 200, 1, 2},
		{1, 0, 100, 0, 1},
		{2, 50, 150, 1, 3},
		{3, 50, 150, 2, 4},
		{4, 100, 125, 4, 5},
		{5, 33, 110, 2, 5},
		{10, 75, 133, 8, 13},
	} {
		healthy, alive := Limits(c.desired, c.min, c.max)
		if healthy != c.healthy || alive != c.alive {
			t.Errorf("Limits(%d, %d, %d) = %d, %d; want %d, %d", c.desired, c.min, c.max, healthy, alive, c.healthy, c.alive)
		}
	}
}

func TestThreshold(t *testing.T) {
	for desired, want := range map[int]int{0: 3, 1: 3, 5: 3, 6: 3, 7: 4, 25: 13, 400: 200, 1000: 200} {
		if got := Threshold(BoundedPercent, 50, desired); got != want {
			t.Errorf("Threshold(%d) = %d; want %d", desired, got, want)
		}
	}
	for _, c := range []struct {
		kind                 string
		value, desired, want int
	}{
		{Count, 1, 100, 1}, {Count, 500, 1, 500}, {BoundedPercent, 10, 100, 10}, {BoundedPercent, 100, 2, 3},
		{UnboundedPercent, 50, 2, 1}, {UnboundedPercent, 50, 1, 1}, {UnboundedPercent, 50, 1000, 500}, {UnboundedPercent, 10, 0, 1},
	} {
		if got := Threshold(c.kind, c.value, c.desired); got != c.want {
			t.Errorf("%s %d of %d is %d; want %d", c.kind, c.value, c.desired, got, c.want)
		}
	}
}

func TestBackoff(t *testing.T) {
	for failures, want := range map[int]time.Duration{
		0: 0, 2: 0, 3: 10 * time.Second, 4: 20 * time.Second, 6: 80 * time.Second, 60: 27 * time.Minute,
	} {
		if got := Backoff(failures); got != want {
			t.Errorf("Backoff(%d) = %s; want %s", failures, got, want)
		}
	}
}

// tasks reads a picture of a service: upper case for PRIMARY, h healthy, u unproven, s starting, x unhealthy; ids are a0, a1, …
func tasks(picture string) (all []Task) {
	kinds := map[rune]Health{'h': Healthy, 'u': Unproven, 's': Starting, 'H': Healthy, 'U': Unproven, 'S': Starting, 'x': Unhealthy, 'X': Unhealthy}
	for i, r := range picture {
		all = append(all, Task{ID: fmt.Sprintf("a%d", i), Primary: r < 'a', Health: kinds[r], Created: time.Unix(int64(i), 0)})
	}
	return all
}

func TestNext(t *testing.T) {
	for _, c := range []struct {
		name              string
		desired, min, max int
		tasks             string
		failed            bool
		want              Plan
	}{
		{"first start", 2, 100, 200, "", false, Plan{Start: 2}},
		{"steady", 2, 100, 200, "HH", false, Plan{}},
		{"zero desired", 0, 100, 200, "", false, Plan{}},
		{"drain to zero", 0, 100, 200, "Hh", false, Plan{Stop: []string{"a0", "a1"}}},
		{"one crashed", 2, 100, 200, "H", false, Plan{Start: 1}},
		{"scale up", 3, 100, 200, "H", false, Plan{Start: 2}},
		{"scale down takes the newest", 1, 100, 200, "HHH", false, Plan{Stop: []string{"a2", "a1"}}},
		{"scale down takes the unproven first", 1, 100, 200, "UH", false, Plan{Stop: []string{"a0"}}},
		{"update starts all that fit", 2, 100, 200, "hh", false, Plan{Start: 2}},
		{"update within 150 %", 2, 100, 150, "hh", false, Plan{Start: 1}},
		{"old ones stay until new ones are healthy", 2, 100, 200, "hhUU", false, Plan{}},
		{"one for one", 2, 100, 150, "hhH", false, Plan{Stop: []string{"a0"}, Start: 1}},
		{"all new healthy", 2, 100, 200, "hhHH", false, Plan{Stop: []string{"a0", "a1"}}},
		{"no room: stop first", 1, 0, 100, "h", false, Plan{Stop: []string{"a0"}}},
		{"no room: down to the minimum", 4, 50, 100, "hhhh", false, Plan{Stop: []string{"a0", "a1"}}},
		{"minimum reached: wait", 4, 50, 100, "hhUU", false, Plan{}},
		{"blocked", 1, 100, 100, "h", false, Plan{Blocked: true}},
		{"an unproven old one is kept while it may serve", 1, 100, 200, "u", false, Plan{Start: 1}},
		{"superseded while starting", 1, 100, 200, "hs", false, Plan{Stop: []string{"a1"}, Start: 1}},
		{"unhealthy: the replacement first", 2, 100, 200, "HX", false, Plan{Start: 1}},
		{"unhealthy: until the replacement is healthy", 2, 100, 200, "HXU", false, Plan{}},
		{"unhealthy: then it goes", 2, 100, 200, "HXH", false, Plan{Stop: []string{"a1"}}},
		{"unhealthy: an unhealthy replacement goes", 2, 100, 200, "HXX", false, Plan{Start: 1, Stop: []string{"a2"}}},
		{"unhealthy: the only one", 1, 100, 200, "X", false, Plan{Start: 1}},
		{"unhealthy: all of them", 2, 100, 200, "XX", false, Plan{Start: 2}},
		{"unhealthy: no room, one at a time", 2, 50, 100, "XX", false, Plan{Stop: []string{"a0"}}},
		{"unhealthy new ones give room to the next", 2, 100, 200, "hhXX", false, Plan{Stop: []string{"a2"}}},
		{"unhealthy: it has recovered", 2, 100, 200, "HHU", false, Plan{Stop: []string{"a2"}}},
		{"an unhealthy old one is kept while nothing is better", 1, 100, 200, "xU", false, Plan{}},
		{"an unhealthy old one goes first for room", 2, 50, 100, "xh", false, Plan{Stop: []string{"a0"}}},
		{"failed: unhealthy ones go", 2, 100, 200, "hhX", true, Plan{Stop: []string{"a2"}}},
		{"failed: nothing starts", 2, 100, 200, "hh", true, Plan{}},
		{"failed: an old one that crashed comes back", 2, 100, 200, "h", true, Plan{Refill: 1}},
	} {
		got := Next(Input{Desired: c.desired, MinimumPercent: c.min, MaximumPercent: c.max, Tasks: tasks(c.tasks), Failed: c.failed})
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v; want %+v", c.name, got, c.want)
		}
	}
}
