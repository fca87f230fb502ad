package cli

import (
	"errors"
	"os"

	"slipway/automation/fault"
	"slipway/sandbox/daemon"
)

// endpointVariable is what `sandbox env` turns every client with.
const endpointVariable = "AWS_ENDPOINT_URL"

// besideSandbox adds to an error about what is missing that a sandbox runs in the project, where the environment does
// not lead to one.
func (s *Session) besideSandbox(err error) error {
	var missing *fault.Error
	if os.Getenv(endpointVariable) != "" || !errors.As(err, &missing) || missing.Code != fault.NotReady {
		return err
	}
	p, wrong := s.Project()
	if wrong != nil {
		return err
	}
	r, found, wrong := daemon.Load(p.Dir("sandbox"))
	if wrong != nil || !found || !daemon.Running(r.Dir) {
		return err
	}
	told := *missing
	told.Next = "a sandbox runs here, and this shell does not use it: eval \"$(slipway sandbox env)\""
	if missing.Next != "" {
		told.Next += "\nfor AWS itself: " + missing.Next
	}
	return &told
}
