package worker

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/smithy-go"
	"github.com/jonboulle/clockwork"
)

// health is what is known of the two that the worker depends on.
type health struct {
	clock    clockwork.Clock
	lately   time.Duration // how old the last success may be
	pipeline contact
	jenkins  contact
	full     atomic.Bool // no poll is due: there is no room for another job
}

func newHealth(clock clockwork.Clock, lately time.Duration) *health {
	return &health{clock: clock, lately: lately}
}

// contact is how the calls of one of them went.
type contact struct {
	mu   sync.Mutex
	good time.Time // the last success
	err  error     // of the last call
	any  bool
}

// note writes down a call, and says whether it went otherwise than the one before.
func (c *contact) note(now time.Time, err error) (changed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	changed = !c.any || text(c.err) != text(err)
	c.err, c.any = err, true
	if err == nil {
		c.good = now
	}
	return changed
}

// text tells errors apart: an error of AWS by its code, for its words hold the id of the request.
func text(err error) string {
	var api smithy.APIError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &api):
		return api.ErrorCode()
	}
	return err.Error()
}

// reason is why it does not count as answering, empty when it does.
func (c *contact) reason(who string, now time.Time, lately time.Duration) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !c.any:
		return who + " has not been called yet"
	case c.err != nil:
		return who + ": " + c.err.Error()
	case lately > 0 && now.Sub(c.good) > lately:
		return fmt.Sprintf("%s last answered %s ago", who, now.Sub(c.good).Round(time.Second))
	}
	return ""
}

func (c *contact) last() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.good
}

// reasons are why the worker is not ready, none when it is.
func (h *health) reasons() []string {
	var found []string
	now, lately := h.clock.Now(), h.lately
	if why := h.jenkins.reason("jenkins", now, lately); why != "" {
		found = append(found, why)
	}
	if h.full.Load() {
		lately = 0
	}
	if why := h.pipeline.reason("codepipeline", now, lately); why != "" {
		found = append(found, why)
	}
	return found
}
