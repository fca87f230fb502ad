package release

import (
	"errors"
	"fmt"

	"slipway/automation/fault"
)

// ending tells how a release ended that did not work.
type ending struct {
	*run
	failed      error
	interrupted bool
}

// restored says that the previous version serves, with what proves it.
func (e ending) restored(proof Proof) error {
	serves := fmt.Sprintf("%s serves again: %s", short(e.site.previous.Commit), proof.text())
	if e.interrupted {
		return e.fault(fault.Interrupted, "interrupted; "+short(e.site.previous.Commit)+" serves again", []string{serves})
	}
	return e.fault(fault.RolledBack, e.cause(), append([]string{serves}, e.evidence()...))
}

// stuck says that the environment is left as it is, and why.
func (e ending) stuck(why string) error {
	code := fault.RollbackFailed
	if e.interrupted {
		code = fault.Interrupted
	}
	return e.fault(code, e.cause(), append([]string{why}, e.evidence()...))
}

func (e ending) cause() string {
	text := e.failed.Error()
	var typed *fault.Error
	switch {
	case e.interrupted:
		text = "interrupted"
	case errors.As(e.failed, &typed):
		text = typed.Cause
		if text == "" && typed.Err != nil {
			text = typed.Err.Error()
		}
	}
	if e.report != nil && e.report.Clear {
		return text + "\nprobable cause: " + e.report.Cause
	}
	return text
}

func (e ending) evidence() []string {
	var out []string
	var typed *fault.Error
	if errors.As(e.failed, &typed) {
		out = append(out, typed.Evidence...)
	}
	if e.report != nil {
		out = append(out, e.report.Lines()...)
	}
	return out
}

func (e ending) fault(code int, cause string, evidence []string) error {
	next := "slipway status " + e.Environment
	if e.report != nil && e.report.Clear {
		next = e.report.Next
	}
	return &fault.Error{Op: e.doing(), Cause: cause, Evidence: evidence, Next: next, Code: code, Err: e.failed}
}
