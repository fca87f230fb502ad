package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
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
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return nil
	}
	space, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return nil
	}
	begun, err := begunAt(os.Getpid())
	if err != nil {
		return nil
	}
	return &Process{Boot: strings.TrimSpace(string(boot)), Space: space, PID: os.Getpid(), Begun: begun}
}

// Gone says whether a process that here can be looked for has ended. Of one on another machine nothing is known.
func (p *Process) Gone() bool {
	here := self()
	if p == nil || here == nil || p.Boot != here.Boot || p.Space != here.Space {
		return false
	}
	begun, err := begunAt(p.PID)
	return errors.Is(err, fs.ErrNotExist) || err == nil && begun != p.Begun
}

// begunAt is when a process began, in ticks since the machine started (proc(5), /proc/pid/stat); a process that has ended
// and was not waited for yet is none.
func begunAt(pid int) (string, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", err
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:])) // the name before may hold anything
	const state, started = 0, 19
	switch {
	case len(fields) <= started:
		return "", fmt.Errorf("reading /proc/%d/stat: %q", pid, text)
	case fields[state] == "Z" || fields[state] == "X":
		return "", fs.ErrNotExist
	}
	return fields[started], nil
}
