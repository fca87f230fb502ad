package gate

import (
	"os/exec"
	"runtime"
	"syscall"
)

// alone gives a program a process group of its own, which is killed with it. The kernel kills the program when the
// deployer is killed itself.
func alone(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// execute runs a program to its end, and ends what it left behind. Pdeathsig is sent when the thread that started it
// ends, so that this one is kept.
func execute(cmd *exec.Cmd) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := cmd.Run()
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
	return err
}
