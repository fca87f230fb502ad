package ui

import (
	"encoding/json"
	"io"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// JSON prints every event as one object on one line. The last one has the type "result".
type JSON struct {
	mu    sync.Mutex
	out   *json.Encoder
	clock clockwork.Clock
}

// NewJSON returns a JSON on out.
func NewJSON(out io.Writer, clock clockwork.Clock) *JSON {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return &JSON{out: encoder, clock: clock}
}

// record is the shape of every line; seconds are seconds, times RFC 3339 in UTC.
type record struct {
	Type     string   `json:"type"`
	Time     string   `json:"time"`
	Step     string   `json:"step,omitempty"`
	Host     string   `json:"host,omitempty"`
	Number   int      `json:"number,omitempty"`
	Of       int      `json:"of,omitempty"`
	Outcome  Outcome  `json:"outcome,omitempty"`
	URN      string   `json:"urn,omitempty"`
	Resource string   `json:"resource,omitempty"`
	Name     string   `json:"name,omitempty"`
	Op       string   `json:"op,omitempty"`
	Changes  *int     `json:"changes,omitempty"`
	Seconds  *float64 `json:"seconds,omitempty"`
	Left     *float64 `json:"left,omitempty"`
	Error    string   `json:"error,omitempty"`
	Text     string   `json:"text,omitempty"`
	Command  string   `json:"command,omitempty"`
	OK       *bool    `json:"ok,omitempty"`
	Code     *int     `json:"code,omitempty"`
	Data     any      `json:"data,omitempty"`
}

// Event prints e.
func (j *JSON) Event(e Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	line := describe(e)
	line.Time = j.clock.Now().UTC().Format(time.RFC3339Nano)
	_ = j.out.Encode(line)
}

// Close does nothing: every line is complete.
func (j *JSON) Close() {}

func describe(e Event) record {
	switch e := e.(type) {
	case StepStarted:
		return record{Type: "step_started", Step: e.Name, Text: e.Note}
	case StepEnded:
		return record{Type: "step_ended", Step: e.Name, Outcome: e.Outcome, Seconds: seconds(e.Duration), Text: e.Note}
	case Planned:
		return record{Type: "planned", Changes: &e.Changes}
	case ResourceStarted:
		return record{Type: "resource_started", URN: e.URN, Resource: e.Type, Name: e.Name, Op: e.Op}
	case ResourceEnded:
		return record{Type: "resource_ended", URN: e.URN, Resource: e.Type, Name: e.Name, Op: e.Op,
			Seconds: seconds(e.Duration), Error: e.Err}
	case Booting:
		return record{Type: "host_booting", Host: e.Host, Step: e.Step, Number: e.Number, Of: e.Of, Seconds: seconds(e.Spent), Left: left(e.Left)}
	case Booted:
		return record{Type: "host_ready", Host: e.Host, Seconds: seconds(e.Spent)}
	case Note:
		return record{Type: "note", Text: e.Text}
	case Warning:
		return record{Type: "warning", Text: e.Text}
	case Result:
		return record{Type: "result", Command: e.Command, OK: &e.OK, Code: &e.Code, Data: e.Data}
	}
	return record{Type: "unknown"}
}

// left is nil where the time that is left is not known.
func left(d time.Duration) *float64 {
	if d <= 0 {
		return nil
	}
	return seconds(d)
}

func seconds(d time.Duration) *float64 {
	s := d.Round(time.Millisecond).Seconds()
	return &s
}
