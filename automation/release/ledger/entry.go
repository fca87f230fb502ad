package ledger

import (
	"encoding/json"
	"slices"
	"time"
)

// Entry is one release of an environment: written when it begins to change something, and once more when it has ended.
type Entry struct {
	Number      int    `json:"number"` // from 1, without gaps, of the environment
	Environment string `json:"environment"`
	Kind        Kind   `json:"kind"`
	Outcome     string `json:"outcome"` // see the outcomes

	Image    string `json:"image"` // repository@sha256:…; empty until it is built
	Digest   string `json:"digest"`
	Tag      string `json:"tag"` // in the registry: the commit
	Commit   string `json:"commit"`
	Author   string `json:"author,omitempty"`
	Subject  string `json:"subject,omitempty"`  // the first line of the commit's message
	Previous string `json:"previous,omitempty"` // the image that a failure returns to

	From       string `json:"from,omitempty"`       // the environment that a promotion took the image from
	FromNumber int    `json:"fromNumber,omitempty"` // the release there that proved it
	Reason     string `json:"reason,omitempty"`     // a person's, for what a rule would have refused
	Execution  string `json:"execution,omitempty"`  // of the pipeline that released it
	Build      string `json:"build,omitempty"`      // the page of the Jenkins build
	By         string `json:"by,omitempty"`         // the ARN of whose credentials released it
	Host       string `json:"host,omitempty"`       // the machine that the deployer ran on
	// Process is the deployer itself; nil where nothing can be told of it.
	Process *Process `json:"process,omitempty"`

	Started  time.Time `json:"started"`
	Deadline time.Time `json:"deadline"` // when the deployer would have given up at the latest
	Ended    time.Time `json:"ended,omitzero"`

	TaskDefinition string          `json:"taskDefinition,omitempty"`
	Serves         string          `json:"serves,omitempty"`       // after a roll back: the task definition that was proved to serve
	SupersededBy   string          `json:"supersededBy,omitempty"` // what took over: a commit and who released it, or a task definition
	Steps          []Step          `json:"steps,omitempty"`
	Gates          []Gate          `json:"gates,omitempty"`  // in the order in which they were asked
	Proof          json.RawMessage `json:"proof,omitempty"`  // what was seen of it
	Report         json.RawMessage `json:"report,omitempty"` // why it failed, from ECS
	Error          *Failure        `json:"error,omitempty"`
}

// Kind is what led to a release.
type Kind string

// The kinds of a release.
const (
	Deploy   Kind = "deploy"
	Promote  Kind = "promote"
	Rollback Kind = "rollback"
	Up       Kind = "up" // the image that was there, with another configuration
)

// The outcomes of a release. Only Released was proved.
const (
	InProgress  = "in progress"
	Released    = "released"
	Superseded  = "superseded"
	RolledBack  = "rolled back"
	Failed      = "failed"
	Interrupted = "interrupted"
)

// Step is one step of a release as it went.
type Step struct {
	Name    string  `json:"name"`
	Outcome string  `json:"outcome"`
	Seconds float64 `json:"seconds"`
	Note    string  `json:"note,omitempty"`
}

// Gate is one gate of a release with its verdict.
type Gate struct {
	Name    string `json:"name"`
	Verdict string `json:"verdict"`       // see the verdicts
	Who     string `json:"who,omitempty"` // the person who accepted, or whose rule it is
	Why     string `json:"why,omitempty"` // one line
}

// The verdicts of a gate.
const (
	Passed   = "passed"
	Accepted = "accepted" // by a person, although the gate would have refused
	Refused  = "refused"
	Skipped  = "skipped" // there was nothing to decide
)

// Failure is why a release did not work, in the words of its error.
type Failure struct {
	Cause    string   `json:"cause"`
	Evidence []string `json:"evidence,omitempty"`
	Next     string   `json:"next,omitempty"`
}

// Took is how long the release took, 0 while it runs.
func (e Entry) Took() time.Duration {
	if e.Ended.IsZero() {
		return 0
	}
	return e.Ended.Sub(e.Started)
}

// Refused is whether a gate refused the release before anything was changed.
func (e Entry) Refused() bool {
	return e.TaskDefinition == "" && slices.ContainsFunc(e.Gates, func(g Gate) bool { return g.Verdict == Refused })
}

// ended is whether the environment was changed by a release that has ended: whatever began before it has ended too.
func (e Entry) ended() bool { return e.Outcome != InProgress && !e.Refused() }

// overtaken gives an entry that was never finished the outcome that it must have had: its deployer was killed. Until
// its deadline, as long as no newer release ended, and but where the deployer is known to be gone, it may still run.
func (e Entry) overtaken(newerEnded bool, now time.Time) Entry {
	if e.Outcome == InProgress && (newerEnded || now.After(e.Deadline) || e.Process.Gone()) {
		e.Outcome = Interrupted
	}
	return e
}
