package release

import (
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"

	"slipway/automation/cloud"
	"slipway/automation/release/ecs"
)

// Where nothing was deployed, what ECS said before is not told again; where our own deployment began, it is told.
func TestEventsOfBefore(t *testing.T) {
	event := func(id string) cloud.Event { return cloud.Event{ID: id, Message: "(service app) has started " + id} }
	for _, applied := range []bool{false, true} {
		heard := &sink{}
		p := newPass(Options{Sink: heard, Clock: clockwork.NewFakeClock()})
		w := &watch{pass: p, change: Change{Applied: applied}, own: arn(7), told: map[string]bool{}}
		first := ecs.Snapshot{Service: steady(7)}
		first.Service.Events = []cloud.Event{event("old")}
		w.tell(w.news(first))
		second := first
		second.Service.Events = []cloud.Event{event("new"), event("old")}
		w.tell(w.news(second))
		if text := heard.text(); strings.Contains(text, "started old") != applied || strings.Count(text, "started new") != 1 {
			t.Errorf("applied %v: told\n%s", applied, text)
		}
	}
}
