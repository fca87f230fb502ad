package release

import (
	"errors"

	"slipway/automation/cloud"
	"slipway/automation/engine"
	"slipway/automation/fault"
)

// expired is whether an error says that the credentials have expired, and what to do about it.
func expired(err error) (cloud.Trouble, bool) {
	trouble, known := cloud.TroubleOf(err)
	var failed *engine.Failed
	if errors.As(err, &failed) {
		trouble, known = cloud.TroubleIn(failed.Error())
	}
	return trouble, known && trouble.Expired
}

// expired turns the end of the credentials in mid-release into one error. Nothing is put back: that would need the
// credentials too. The environment goes on to what it was asked for, and the same command proves it or returns.
func (e ending) expired(trouble cloud.Trouble) error {
	cause := trouble.Cause
	if e.change.Moved {
		cause += ": " + short(e.image.Commit) + " is not proved, and nothing was put back"
	}
	return &fault.Error{
		Op: e.doing(), Cause: cause, Evidence: []string{e.failed.Error()}, Next: trouble.Next, Code: fault.NotReady, Err: e.failed,
	}
}
