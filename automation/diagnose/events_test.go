package diagnose

import (
	"slices"
	"testing"
	"time"

	"slipway/automation/cloud"
)

// ECS says once which status the health check got, and then for minutes what it starts, registers and drains.
func TestEventsThatSayWhatIsWrongAreKept(t *testing.T) {
	now := time.Unix(1000, 0)
	busy := slices.Repeat([]cloud.Event{{At: now, Message: "(service a) registered 1 targets"}}, 20)
	unhealthy := cloud.Event{At: now, Message: "(service a) (task b) is unhealthy in (target-group c) due to (reason Health checks failed with these codes: [404])."}
	all := append(busy, slices.Repeat([]cloud.Event{unhealthy}, 5)...)
	all = append(all, cloud.Event{At: now.Add(-time.Hour), Message: unhealthy.Message})
	kept := eventsOf(all, now)
	if len(kept) != mostEvents+mostTroubles || kept[0] != busy[0] || kept[mostEvents] != unhealthy {
		t.Errorf("kept %+v", kept)
	}
}
