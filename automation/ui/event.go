// Package ui carries what happens during a command, from the Pulumi engine's own events and from the
// steps of a release, to whoever watches: a terminal, a log, or a program that reads JSON.
package ui

import "time"

// Sink takes events. It is called from several goroutines at once.
type Sink interface {
	Event(e Event)
}

// Event is one of the types below.
type Event interface{ event() }

// Outcome says how a step ended.
type Outcome string

// The outcomes of a step. Skipped and superseded are results, not errors.
const (
	Done       Outcome = "done"
	Skipped    Outcome = "skipped"
	Failed     Outcome = "failed"
	Superseded Outcome = "superseded"
)

// StepStarted says that a named step of a command begins.
type StepStarted struct {
	Name string
	Note string // what the step works on, may be empty
}

// StepEnded says how a step ended and how long it took.
type StepEnded struct {
	Name     string
	Outcome  Outcome
	Duration time.Duration
	Note     string // a reason or a finding, may be empty
}

// Planned says how many resources the update that begins now is going to change.
type Planned struct{ Changes int }

// ResourceStarted says that the engine begins to work on a resource.
type ResourceStarted struct {
	URN  string
	Type string // "aws:ecs/service:Service"
	Name string
	Op   string // Pulumi's word: create, update, replace, delete, refresh, …
}

// ResourceEnded says that the engine is done with a resource.
type ResourceEnded struct {
	URN      string
	Type     string
	Name     string
	Op       string
	ID       string // of the provider, empty when it failed
	Duration time.Duration
	Err      string // empty when it worked
}

// Booting says that a host begins a step of its boot.
type Booting struct {
	Host       string // the instance's id
	Step       string
	Number, Of int           // of the step, from 1
	Spent      time.Duration // since the host was made
	Left       time.Duration // as the boot before it took; 0 when that is not known or was exceeded
}

// Booted says that a host is ready.
type Booted struct {
	Host  string
	Spent time.Duration
}

// Logged is a line that a task printed. It is data: printers of talk leave it to the command.
type Logged struct {
	At              time.Time
	Task, Container string
	Text            string
}

// Note is a line of talk.
type Note struct{ Text string }

// Warning is a line that the user should see even in a long log.
type Warning struct{ Text string }

// Result is the one answer of a command, its last event. Data must marshal to a JSON object.
type Result struct {
	Command string
	OK      bool
	Code    int // the exit code
	Data    any
}

func (StepStarted) event()     {}
func (StepEnded) event()       {}
func (Planned) event()         {}
func (ResourceStarted) event() {}
func (ResourceEnded) event()   {}
func (Booting) event()         {}
func (Booted) event()          {}
func (Logged) event()          {}
func (Note) event()            {}
func (Warning) event()         {}
func (Result) event()          {}

// Discard is a Sink that takes events and does nothing.
var Discard Sink = discard{}

type discard struct{}

func (discard) Event(Event) {}
