package ui

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// JSON prints every event as one object on one line. The last one has the type "result".
type JSON struct {
	mu    sync.Mutex
	out   io.Writer
	clock clockwork.Clock
}

// NewJSON returns a JSON on out.
func NewJSON(out io.Writer, clock clockwork.Clock) *JSON {
	return &JSON{out: out, clock: clock}
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
	Task     string   `json:"task,omitempty"`
	From     string   `json:"container,omitempty"`
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
	if line.Time == "" {
		line.Time = j.clock.Now().UTC().Format(time.RFC3339Nano)
	}
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(line); err != nil {
		return
	}
	_, _ = io.WriteString(j.out, escaped(text.String())) // whoever owns the writer keeps its error
}

// escaped is JSON in which also those characters are escaped that JSON may have as they are and a terminal obeys.
func escaped(text string) string {
	if printable(text) {
		return text
	}
	var out strings.Builder
	for _, r := range text {
		if obeyed(r) {
			fmt.Fprintf(&out, `\u%04x`, r)
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
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
	case Logged:
		return record{Type: "log", Time: e.At.UTC().Format(time.RFC3339Nano), Task: e.Task, From: e.Container, Text: e.Text}
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
