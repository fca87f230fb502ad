// Package process says by what a process is known again: its number alone is given out anew, by a machine that was started
// again, in every container, and after a while. All of it is from proc(5); without that everything is an error.
package process

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// Boot is the running kernel's: another one after each start of the machine (random(4)).
func Boot() (string, error) {
	text, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "", err
	}
	boot := strings.TrimSpace(string(text))
	if boot == "" {
		return "", errors.New("the kernel does not say when it started")
	}
	return boot, nil
}

// Namespace is the one in which numbers of processes count here: a container has its own (namespaces(7)).
func Namespace() (string, error) { return os.Readlink("/proc/self/ns/pid") }

// Ticks is when a process began, since the machine started: field 22 of /proc/PID/stat. One that has ended is fs.ErrNotExist,
// also when nobody has waited for it yet.
func Ticks(pid int) (string, error) {
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
