package engine

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// supervise starts cmd in a process group of its own and waits for it. Linux signals the command when the
// thread that started it ends, so this goroutine keeps its thread until then.
func supervise(cmd *exec.Cmd, started chan<- struct{}, ended chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: lastWord(cmd)}
	if err := cmd.Start(); err != nil {
		ended <- err
		return
	}
	note(cmd.Process.Pid)
	close(started)
	ended <- cmd.Wait()
}

// lastWord is the signal to a command whose deployer is gone: to end in order, or at once for a preview, which writes
// nothing and would wait for its program, which is gone too. It is no interrupt: scripts start what runs in the
// background with interrupts ignored, and pulumi heeds them only once it has begun its work.
func lastWord(cmd *exec.Cmd) syscall.Signal {
	if slices.Contains(cmd.Args, "preview") {
		return syscall.SIGKILL
	}
	return syscall.SIGTERM
}

// kill ends a pulumi that supervise started, and its plugins.
func kill(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }

// headless says whether process pid is a pulumi whose inline program no longer answers: its update cannot go on.
func headless(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return false
	}
	for arg := range strings.SplitSeq(string(text), "\x00") {
		if address, ok := strings.CutPrefix(arg, "--client="); ok {
			connection, err := net.DialTimeout("tcp", address, time.Second)
			if err == nil {
				_ = connection.Close()
			}
			return errors.Is(err, syscall.ECONNREFUSED)
		}
	}
	return false
}
