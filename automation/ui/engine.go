package ui

import (
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
)

// Engine turns the events of one Pulumi operation into events of a Sink. Resources that stay as they are
// make no event. Its methods are called from one goroutine.
type Engine struct {
	sink  Sink
	clock clockwork.Clock

	mu      sync.Mutex
	started map[string]time.Time // by URN and operation
	last    map[string]string    // the last error told of a resource, by URN
}

// NewEngine returns an Engine for one operation.
func NewEngine(sink Sink, clock clockwork.Clock) *Engine {
	return &Engine{sink: sink, clock: clock, started: map[string]time.Time{}, last: map[string]string{}}
}

// Handle takes one event of the engine.
func (e *Engine) Handle(event events.EngineEvent) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case event.ResourcePreEvent != nil && !event.ResourcePreEvent.Planning:
		e.begin(event.ResourcePreEvent.Metadata)
	case event.ResOutputsEvent != nil && !event.ResOutputsEvent.Planning:
		e.end(event.ResOutputsEvent.Metadata, "")
	case event.ResOpFailedEvent != nil:
		e.end(event.ResOpFailedEvent.Metadata, e.reason(event.ResOpFailedEvent.Metadata.URN))
	case event.DiagnosticEvent != nil:
		e.diagnose(*event.DiagnosticEvent)
	}
}

func (e *Engine) reason(urn string) string {
	if text := e.last[urn]; text != "" {
		return text
	}
	return "did not work"
}

func (e *Engine) diagnose(d apitype.DiagnosticEvent) {
	if d.Ephemeral {
		return
	}
	text := PlainText(d.Message)
	switch d.Severity {
	case "error":
		e.last[d.URN] = FirstLine(text)
	case "warning":
		e.sink.Event(Warning{Text: text})
	}
}

func (e *Engine) begin(step apitype.StepEventMetadata) {
	if quiet(step) {
		return
	}
	e.started[step.URN+string(step.Op)] = e.clock.Now()
	e.sink.Event(ResourceStarted{URN: step.URN, Type: step.Type, Name: NameOf(step.URN), Op: string(step.Op)})
}

func (e *Engine) end(step apitype.StepEventMetadata, reason string) {
	key := step.URN + string(step.Op)
	begun, known := e.started[key]
	if quiet(step) || !known {
		return
	}
	delete(e.started, key)
	id := ""
	if step.New != nil && reason == "" {
		id = step.New.ID
	}
	e.sink.Event(ResourceEnded{
		URN: step.URN, Type: step.Type, Name: NameOf(step.URN), Op: string(step.Op), ID: id,
		Duration: e.clock.Since(begun), Err: reason,
	})
}

// quiet is true for steps that nobody waits for: nothing changes, or the engine only keeps its books.
func quiet(step apitype.StepEventMetadata) bool {
	switch step.Op {
	case apitype.OpSame, apitype.OpReplace, apitype.OpRead, apitype.OpReadReplacement, apitype.OpReadDiscard,
		apitype.OpDiscardReplaced, apitype.OpRemovePendingReplace:
		return true
	}
	return step.Type == "pulumi:pulumi:Stack" || strings.HasPrefix(step.Type, "pulumi:providers:")
}

// NameOf is the last part of a URN, the name that the program gave to the resource.
func NameOf(urn string) string {
	return urn[strings.LastIndex(urn, "::")+len("::"):]
}

// PlainText removes Pulumi's colour marks from a message and the space around it.
func PlainText(message string) string {
	return strings.TrimSpace(colors.Never.Colorize(message))
}

// FirstLine is the first line of text that holds anything.
func FirstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(line)
}
