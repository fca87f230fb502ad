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

// aliveSince says whether a process of this machine runs under pid that had begun by then. A process that
// ended but was not collected does not run, and a younger one has only got the same number.
func aliveSince(pid int, then time.Time) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return syscall.Kill(pid, 0) != syscall.ESRCH
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 20 || fields[0] == "Z" || fields[0] == "X" {
		return len(fields) < 20
	}
	begun, err := startTime(fields[19])
	return err != nil || !begun.After(then.Add(2*time.Second)) // both times are rounded
}

// startTime turns proc(5)'s starttime, in ticks of 1/100 s since the machine started, into a time.
func startTime(ticks string) (time.Time, error) {
	var since, boot int64
	if _, err := fmt.Sscan(ticks, &since); err != nil {
		return time.Time{}, err
	}
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return time.Time{}, err
	}
	_, rest, _ := strings.Cut(string(text), "\nbtime ")
	if _, err := fmt.Sscan(rest, &boot); err != nil {
		return time.Time{}, err
	}
	return time.Unix(boot+since/100, 0), nil
}

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
