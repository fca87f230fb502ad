package ledger

import (
	"errors"
	"io/fs"
	"os"

	"slipway/automation/process"
)

// Process is the deployer of a release, so that it can be told on the same machine whether that still runs. It is empty
// where there is no proc(5).
type Process struct {
	Boot  string `json:"boot"`  // of the machine: another one after each start
	Space string `json:"space"` // of process ids, which a container has for itself
	PID   int    `json:"pid"`
	Begun string `json:"begun"` // in ticks since the machine started: a number may be given again
}

// self is this process.
func self() *Process {
	boot, err := process.Boot()
	if err != nil {
		return nil
	}
	space, err := process.Namespace()
	if err != nil {
		return nil
	}
	begun, err := process.Ticks(os.Getpid())
	if err != nil {
		return nil
	}
	return &Process{Boot: boot, Space: space, PID: os.Getpid(), Begun: begun}
}

// Gone says whether a process that here can be looked for has ended. Of one on another machine nothing is known.
func (p *Process) Gone() bool {
	here := self()
	if p == nil || here == nil || p.Boot != here.Boot || p.Space != here.Space {
		return false
	}
	begun, err := process.Ticks(p.PID)
	return errors.Is(err, fs.ErrNotExist) || err == nil && begun != p.Begun
}
