package release

import (
	"errors"

	"slipway/automation/cloud"
	"slipway/automation/engine"
	"slipway/automation/fault"
)

// expired turns the end of the credentials in mid-release into one error. Nothing is put back: that would need the
// credentials too. The environment goes on to what it was asked for, and the same command proves it or returns.
func (r *run) expired(err error) (*fault.Error, bool) {
	trouble, known := cloud.TroubleOf(err)
	var failed *engine.Failed
	if errors.As(err, &failed) {
		trouble, known = cloud.TroubleIn(failed.Error())
	}
	if !known || !trouble.Expired {
		return nil, false
	}
	cause := trouble.Cause
	if r.touched {
		cause += ": " + short(r.image.Commit) + " is not proved, and nothing was put back"
	}
	return &fault.Error{Op: r.doing(), Cause: cause, Evidence: []string{err.Error()}, Next: trouble.Next, Code: fault.NotReady, Err: err}, true
}
