//go:build unix && !linux

package engine

import (
	"os/exec"
	"syscall"
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

// kill ends a pulumi that supervise started, and its plugins.
func kill(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }

func headless(int) bool { return false }
