package engine

import (
	"errors"
	"maps"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"

	"slipway/automation/ui"
)

// plan is what the last preview found. Pulumi keeps it in a file, with secrets encrypted as in the state, and refuses
// each step of an update that is not in it ("Update plans", Pulumi documentation, November 2026; --save-plan of preview and
// --plan of up in CLI 3.230, which need no PULUMI_EXPERIMENTAL).
type plan struct {
	config  map[string]string
	changes int
	file    string // "" of a stack that did not exist
}

// planFile is where a stack's plan is.
func (w *workdir) planFile() string { return filepath.Join(w.path, "plan.json") }

// asPlanned holds an update to the last preview, when that was of the same configuration, and tells how many changes it
// found. A plan is used once.
func (s *Stack) asPlanned(config map[string]string) []optup.Option {
	p := s.planned
	s.planned = nil
	if p == nil || !maps.Equal(p.config, config) {
		return nil
	}
	s.sink.Event(ui.Planned{Changes: p.changes})
	if p.file == "" {
		return nil
	}
	return []optup.Option{optup.Plan(p.file)}
}

// Stale is the error of an update that would have done what its preview did not show: the program, its configuration or
// the stack have changed since. What it did until then was in the preview.
type Stale struct {
	Stack string
	Err   error // a *Failed
}

func (e *Stale) Error() string {
	return "stack " + e.Stack + " is not what was previewed any more: " + e.Err.Error()
}

// Unwrap gives what the engine said.
func (e *Stale) Unwrap() error { return e.Err }

// deviations are how Pulumi says that a step is not in its plan (pkg/resource/deploy, 3.230).
var deviations = []string{"violates plan", "is not allowed by the plan", "no plan for resource", "expected resource operations for "}

// stale makes a Stale of an error about the plan.
func stale(stack string, err error) error {
	var failed *Failed
	if !errors.As(err, &failed) || failed.Interrupted() {
		return err
	}
	for _, said := range deviations {
		if strings.Contains(failed.Error(), said) {
			return &Stale{Stack: stack, Err: err}
		}
	}
	return err
}
