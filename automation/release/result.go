package release

import (
	"slipway/automation/diagnose"
	"slipway/automation/fault"
	"slipway/automation/ui"
)

// Result is what a release came to. It encodes as JSON as it stands.
type Result struct {
	Outcome  string           `json:"outcome"`         // released, superseded, rolled back, failed
	Image    string           `json:"image,omitempty"` // the one to release, repository@sha256:…
	Commit   string           `json:"commit"`
	Release  Release          `json:"release"`            // empty unless released
	Previous string           `json:"previous,omitempty"` // the image before, or put back
	AppURL   string           `json:"appUrl,omitempty"`
	Proof    Proof            `json:"proof"`
	Steps    []StepTime       `json:"steps"`
	Report   *diagnose.Report `json:"report,omitempty"` // when it did not work
}

// StepTime is one step as it went.
type StepTime struct {
	Name    string     `json:"name"`
	Outcome ui.Outcome `json:"outcome"`
	Seconds float64    `json:"seconds"`
	Note    string     `json:"note,omitempty"`
}

// Outcomes of a Result.
const (
	Released   = "released"
	Superseded = "superseded"
	RolledBack = "rolled back"
	Failed     = "failed"
)

// Code is the exit code for a result without an error: 8 when superseded, otherwise 0.
func (r Result) Code() int {
	if r.Outcome == Superseded {
		return fault.Superseded
	}
	return fault.OK
}
