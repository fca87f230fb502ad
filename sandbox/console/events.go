package console

import (
	"net/http"
	"time"
)

const (
	// gather is how long changes are collected before watchers are told: a step of an execution is several.
	gather = 100 * time.Millisecond
	// pulse is how often a silent stream shows that it lives.
	pulse = 30 * time.Second
)

// events tells a page when to look again, as server-sent events. What changed, the page asks itself: with its
// ETag, so that an answer is empty when the change was elsewhere.
func (c *Console) events(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	stream := http.NewResponseController(w)
	changed := c.view.Changed()
	say := func(text string) bool {
		_, err := w.Write([]byte(text))
		return err == nil && stream.Flush() == nil
	}
	ticker := time.NewTicker(pulse)
	defer ticker.Stop()
	for ok := say("retry: 1000\n\n"); ok; {
		select {
		case <-r.Context().Done():
			return
		case <-ticker.C:
			ok = say(": alive\n\n")
		case <-changed:
			if !pause(r, gather) {
				return
			}
			changed = c.view.Changed()
			ok = say("event: changed\ndata: look\n\n")
		}
	}
}

// pause waits, and answers false when the request ended before.
func pause(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}
