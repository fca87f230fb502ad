package process

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
)

// supervise starts cmd and waits for it. Linux kills the command when the thread that started it ends, so this
// goroutine keeps its thread until then.
func supervise(cmd *exec.Cmd, started chan<- struct{}, ended chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		ended <- err
		return
	}
	close(started)
	ended <- cmd.Wait()
}

// marked returns the processes that bear the cookie.
func marked(cookie string) []int {
	files, _ := filepath.Glob("/proc/[0-9]*/environ") // the pattern is well formed
	var found []int
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil || !bears(string(b), cookie) {
			continue // gone, or somebody else's
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil {
			found = append(found, pid)
		}
	}
	return found
}
