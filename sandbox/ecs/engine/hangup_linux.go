package engine

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// Hangup tells a command that its terminal has gone, as the kernel does when the agent of ECS Exec closes it (amazon-ssm-agent,
// agent/session/plugins/shell, read in November 2026). Docker has no call for that: it is a signal to a process of this
// machine, and an engine elsewhere has none.
func (e *Engine) Hangup(ctx context.Context, id, exec string) error {
	look, err := e.docker.ContainerExecInspect(ctx, exec)
	if err != nil || !look.Running {
		return err
	}
	if err := ours(look.Pid, id); err != nil {
		return err
	}
	for _, to := range []int{look.Pid, -foreground(look.Pid)} {
		if to != 0 {
			_ = unix.Kill(to, unix.SIGHUP) // what has ended meanwhile needs none
			_ = unix.Kill(to, unix.SIGCONT)
		}
	}
	return nil
}

// foreground is the process group that a process's terminal has in the foreground, or 0: field 8 of /proc/PID/stat. The name
// in field 2, in brackets, may hold anything.
func foreground(pid int) int {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 6 {
		return 0
	}
	group, _ := strconv.Atoi(string(fields[5]))
	return max(group, 0)
}
