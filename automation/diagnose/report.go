package diagnose

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"slipway/automation/cloud"
)

// Report is what a diagnosis found. It encodes as JSON, and secrets are already taken out.
type Report struct {
	Environment    string `json:"environment"`
	Cluster        string `json:"cluster"`
	Service        string `json:"service"`
	Image          string `json:"image,omitempty"` // of the tasks
	TaskDefinition string `json:"taskDefinition,omitempty"`
	Finding
	Clear    bool           `json:"clear"`              // a rule explains it; otherwise Cause says that none does
	Rollout  string         `json:"rollout,omitempty"`  // rolloutStateReason of the deployment
	Platform string         `json:"platform,omitempty"` // what the image is for, against what the tasks run on
	Port     int            `json:"port,omitempty"`     // that the load balancer asks
	Grace    float64        `json:"grace,omitempty"`    // seconds in which the health of a new task is not heeded
	Running  int            `json:"running"`            // tasks of the task definition that still run
	Stopped  []Stopped      `json:"stopped,omitempty"`  // newest first
	Targets  []cloud.Target `json:"targets,omitempty"`
	Events   []cloud.Event  `json:"events,omitempty"` // newest first
	Logs     []Log          `json:"logs,omitempty"`   // one for each container of the task definition that wrote anything
	Links    []string       `json:"links,omitempty"`  // of AWS's console
	Missing  []string       `json:"missing,omitempty"`
}

// Log is the end of what one container wrote.
type Log struct {
	Container string   `json:"container"`
	Stream    string   `json:"stream"`
	Earlier   int      `json:"earlier"`        // lines before these
	More      bool     `json:"more,omitempty"` // there are more than Earlier: counting ends somewhere
	Lines     []string `json:"lines"`          // oldest first
}

// Stopped is one stopped task with what its container left behind.
type Stopped struct {
	Task            string    `json:"task"`
	Started         time.Time `json:"started,omitzero"`
	At              time.Time `json:"at"`
	StopCode        string    `json:"stopCode,omitempty"`
	Reason          string    `json:"reason,omitempty"`
	Health          string    `json:"health,omitempty"` // by the container's own check: HEALTHY, UNHEALTHY; empty where it has none
	Container       string    `json:"container,omitempty"`
	ContainerReason string    `json:"containerReason,omitempty"`
	ExitCode        *int      `json:"exitCode,omitempty"`
}

// stoppedOf keeps the container that says most: one that ended badly before one that ended well, one with a reason before
// one without.
func stoppedOf(t cloud.Task) Stopped {
	s := Stopped{Task: t.ID(), Started: t.Started, At: t.Stopped, StopCode: t.StopCode, Reason: Redact(t.StoppedReason)}
	if t.Health != "UNKNOWN" {
		s.Health = t.Health
	}
	best := -1
	for _, c := range t.Containers {
		score := 0
		if c.ExitCode != nil {
			score++
			if *c.ExitCode != 0 {
				score += 2
			}
		}
		if c.Reason != "" {
			score++
		}
		if score > best {
			best = score
			s.Container, s.ContainerReason, s.ExitCode = c.Name, Redact(c.Reason), c.ExitCode
		}
	}
	return s
}

func (s Stopped) line() string {
	parts := []string{"task " + short(s.Task)}
	if s.ExitCode != nil {
		parts = append(parts, fmt.Sprintf("exit code %d", *s.ExitCode))
	}
	if s.Health != "" {
		parts = append(parts, s.Health)
	}
	for _, text := range []string{s.StopCode, s.Reason, s.ContainerReason} {
		if text != "" && !strings.HasSuffix(parts[len(parts)-1], text) {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, ", ")
}

func (s Stopped) lines() []string { return []string{s.line()} }

// Lines is the report's evidence: how the rollout ended, stopped tasks, unhealthy targets, newest events, and the end of
// what each container wrote.
func (r Report) Lines() []string {
	var out []string
	if r.Rollout != "" {
		out = append(out, "rollout: "+r.Rollout)
	}
	if r.Platform != "" {
		out = append(out, "platform: "+r.Platform)
	}
	for _, s := range r.Stopped {
		out = append(out, s.line())
	}
	for _, t := range r.Targets {
		if t.State != "healthy" && t.State != "draining" {
			out = append(out, targetLine(t))
		}
	}
	for _, e := range r.telling() {
		out = append(out, "event: "+e.Message)
	}
	for _, log := range r.Logs {
		out = append(out, log.lines()...)
	}
	for _, m := range r.Missing {
		out = append(out, "not read: "+m)
	}
	return out
}

func (l Log) lines() []string {
	out := []string{"log " + l.Stream + ":"}
	switch {
	case l.More:
		out = append(out, fmt.Sprintf("  more than %d earlier lines omitted", l.Earlier))
	case l.Earlier > 0:
		out = append(out, fmt.Sprintf("  %d earlier lines omitted", l.Earlier))
	}
	for _, line := range l.Lines {
		out = append(out, "  "+line)
	}
	return out
}

// troubled is what ECS writes in an event that says why, among many that say what.
var troubled = regexp.MustCompile(`unhealthy|unable|failed|error|insufficient`)

// telling are the three events for one screen: those that say why before the others, newest first.
func (r Report) telling() []cloud.Event {
	var why, what []cloud.Event
	for _, e := range r.Events {
		if troubled.MatchString(e.Message) {
			why = append(why, e)
		} else {
			what = append(what, e)
		}
	}
	events := append(why, what...)
	return events[:min(len(events), 3)]
}

func targetLine(t cloud.Target) string {
	text := fmt.Sprintf("target %s:%d %s", t.ID, t.Port, t.State)
	if t.Reason != "" {
		text += " (" + t.Reason + ")"
	}
	if t.Description != "" {
		text += ": " + t.Description
	}
	return text
}

// String is the report as text: cause and what shows it, evidence, next command, and where AWS's console shows more.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s in %s\n", orUnknown(r.Service), orUnknown(r.Environment))
	fmt.Fprintf(&b, "  cause  %s\n", r.Cause)
	for _, line := range r.Because {
		fmt.Fprintf(&b, "  shown by  %s\n", line)
	}
	for _, line := range r.Lines() {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	fmt.Fprintf(&b, "  next   %s\n", r.Next)
	for _, link := range r.Links {
		fmt.Fprintf(&b, "  see    %s\n", link)
	}
	return b.String()
}

func orUnknown(name string) string {
	if name == "" {
		return "unknown"
	}
	return name
}

func short(id string) string { return id[:min(len(id), 8)] }
