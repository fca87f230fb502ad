//go:build unix && !linux

package engine

import (
	"errors"
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

// identify knows nothing here by which a process could be told from a later one with its number: no lock is ever proved to
// be left behind, and slipway unlock is what removes one.
func identify(int) (child, error) { return child{}, errors.ErrUnsupported }

func bootID() string { return "" }

func headless(int) bool { return false }
