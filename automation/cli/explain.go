package cli

import (
	"context"
	"errors"
	"strings"

	"slipway/automation/cloud"
	"slipway/automation/engine"
	"slipway/automation/fault"
	"slipway/automation/project"
	"slipway/automation/release"
	"slipway/infra/config"
)

// explain turns the errors of the packages below into what a person can act on. A fault stays as it is.
func explain(err error) error {
	var (
		known    *fault.Error
		name     *project.BadStackName
		revision *project.BadRevision
		registry *config.NoRegistry
		config   *config.Error
		missing  *engine.NotFound
		locked   *engine.Locked
		failed   *engine.Failed
		stale    *engine.Stale
		refused  *engine.Refused
		phrase   *engine.NoPassphrase
		secrets  *project.BadSecrets
	)
	switch {
	case errors.As(err, &known):
		return err
	case errors.As(err, &name), errors.As(err, &revision):
		return &fault.Error{Op: "reading the arguments", Cause: err.Error(), Code: fault.BadInput, Err: err}
	case errors.As(err, &config):
		return badConfig(config)
	case errors.As(err, &registry):
		return &fault.Error{
			Op: "reading the configuration", Cause: "there is no registry to pull an image from: stack " + registry.Delivery + " has none yet", Code: fault.NotReady,
			Next: "slipway up " + registry.Delivery + ", or set slipway:image to an image that is in a registry already",
		}
	case errors.As(err, &locked):
		return &fault.Error{
			Op: "taking the lock of stack " + locked.Stack, Cause: locked.Error(), Code: fault.Locked, Err: err,
			Next: "wait for it, or run the same command with a longer --wait-lock; if its holder has ended: slipway unlock " + locked.Stack,
		}
	case errors.As(err, &phrase):
		return noPassphrase(phrase)
	case errors.As(err, &secrets):
		return &fault.Error{Op: "reading the secrets provider", Cause: err.Error(), Next: "docs/configuration.md tells of slipway:secretsProvider", Code: fault.BadInput}
	case errors.As(err, &refused):
		return stateRefused(refused)
	case errors.As(err, &stale):
		return &fault.Error{
			Op: "updating stack " + stale.Stack, Cause: "it changed after it was previewed: only what the preview showed was done", Evidence: []string{stale.Err.Error()},
			Next: "run the same command again: it begins with a new preview", Code: fault.NotReady, Err: err,
		}
	case errors.As(err, &failed):
		return stopped(failed)
	case troubled(err) != nil:
		return troubled(err)
	case errors.As(err, &missing):
		return &fault.Error{
			Op: "looking for stack " + missing.Stack, Cause: "there is no such stack yet", Next: "slipway up " + missing.Stack, Code: fault.NotReady, Err: engine.ErrNotFound,
		}
	case errors.Is(err, context.Canceled):
		return &fault.Error{Cause: "interrupted", Code: fault.Interrupted, Err: err}
	}
	return err
}

func badConfig(config *config.Error) error {
	evidence := make([]string, 0, len(config.Problems))
	for _, problem := range config.Problems {
		evidence = append(evidence, problem.String())
	}
	return &fault.Error{
		Op: "reading the configuration", Cause: "it cannot be right", Evidence: evidence,
		Next: "correct the stack's file; docs/configuration.md lists every key", Code: fault.BadInput,
	}
}

func stopped(failed *engine.Failed) error {
	op := failed.Doing + " stack " + failed.Stack
	if failed.Interrupted() {
		code, cause := fault.Unexpected, failed.Err.Error()
		if errors.Is(failed.Err, context.Canceled) {
			code, cause = fault.Interrupted, "interrupted"
		}
		return &fault.Error{
			Op: op, Cause: cause, Evidence: failed.Diagnostics, Code: code,
			Next: "run the same command again: it goes on from where this one stopped",
		}
	}
	if t, known := cloud.TroubleIn(failed.Error()); known {
		return &fault.Error{Op: op, Cause: t.Cause, Evidence: []string{failed.Reason()}, Next: t.Next, Code: fault.NotReady, Err: failed}
	}
	e := &fault.Error{Op: op, Code: fault.Unexpected, Err: failed, Cause: failed.Reason()}
	if len(failed.Diagnostics) > 1 {
		e.Evidence = failed.Diagnostics[1:]
	}
	if strings.Contains(e.Cause, "RepositoryNotEmptyException") {
		e.Next = "to delete the images too: set slipway:deleteImages, slipway up " + failed.Stack + ", then destroy again"
	}
	return e
}

// troubled is an error about credentials or region, with what to type; nil for any other.
func troubled(err error) error {
	t, known := cloud.TroubleOf(err)
	if !known {
		return nil
	}
	return &fault.Error{Op: "asking AWS", Cause: t.Cause, Evidence: []string{err.Error()}, Next: t.Next, Code: fault.NotReady, Err: err}
}

// asData is the JSON form of an error.
func asData(err error) any {
	var known *fault.Error
	if errors.As(err, &known) {
		if known.Cause == "" && known.Err != nil {
			full := *known
			full.Cause = known.Err.Error()
			known = &full
		}
		return map[string]any{"error": known}
	}
	return map[string]any{"error": map[string]any{"cause": err.Error(), "code": fault.CodeOf(err)}}
}

// failure is the result of a release that did not work, with the reason.
type failure struct {
	release.Result
	Error any `json:"error"`
}

func withError(result release.Result, err error) failure {
	data, _ := asData(err).(map[string]any)
	return failure{Result: result, Error: data["error"]}
}
