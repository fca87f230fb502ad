//go:build unix && !linux

package stack

import (
	"os/exec"
	"syscall"
	"time"
)

func supervise(cmd *exec.Cmd, started chan<- struct{}, ended chan<- error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		ended <- err
		return
	}
	close(started)
	ended <- cmd.Wait()
}

func kill(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

func aliveSince(pid int, _ time.Time) bool { return syscall.Kill(pid, 0) != syscall.ESRCH }
