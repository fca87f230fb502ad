package cli

import (
	"errors"
	"net"
	"net/url"
	"os"
	"time"

	"slipway/automation/fault"
	"slipway/sandbox/daemon"
)

// endpointVariable is what `sandbox env` turns every client with.
const endpointVariable = "AWS_ENDPOINT_URL"

// besideSandbox adds to an error about what is missing that a sandbox runs in the project, where the environment does
// not lead to one.
func (s *Session) besideSandbox(err error) error {
	if endpoint := os.Getenv(endpointVariable); endpoint != "" {
		return s.withoutSandbox(err, endpoint)
	}
	var missing *fault.Error
	if !errors.As(err, &missing) || missing.Code != fault.NotReady || !s.sandboxRuns() {
		return err
	}
	told := *missing
	told.Next = "a sandbox runs here, and this shell does not use it: eval \"$(slipway sandbox env)\""
	if missing.Next != "" {
		told.Next += "\nfor AWS itself: " + missing.Next
	}
	return &told
}

// sandboxRuns says whether the project has a sandbox that runs.
func (s *Session) sandboxRuns() bool {
	p, err := s.Project()
	if err != nil {
		return false
	}
	r, found, err := daemon.Load(p.Dir("sandbox"))
	return err == nil && found && daemon.Running(r.Dir)
}

// withoutSandbox says of an error in a shell that uses a sandbox of this machine that no sandbox is there any more.
func (s *Session) withoutSandbox(err error, endpoint string) error {
	if code := fault.CodeOf(err); code != fault.Unexpected && code != fault.NotReady || !silent(endpoint) {
		return err
	}
	told := &fault.Error{
		Op: "asking the sandbox", Cause: "this shell uses the sandbox at " + endpoint + ", and nothing answers there",
		Evidence: []string{err.Error()}, Code: fault.NotReady, Next: "slipway sandbox start, then ",
	}
	if s.sandboxRuns() {
		told.Next = "the sandbox of this project is elsewhere by now: "
	}
	told.Next += "eval \"$(slipway sandbox env)\"\nfor AWS itself: a shell without the sandbox's variables"
	return told
}

// silent says whether an endpoint is on this machine and takes no connection.
func silent(endpoint string) bool {
	at, err := url.Parse(endpoint)
	if err != nil || !net.ParseIP(at.Hostname()).IsLoopback() {
		return false
	}
	connection, err := net.DialTimeout("tcp", at.Host, time.Second)
	if err == nil {
		_ = connection.Close()
	}
	return err != nil
}
