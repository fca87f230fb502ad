//go:build unix && !linux

package process

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// supervise starts cmd and waits for it.
func supervise(cmd *exec.Cmd, started chan<- struct{}, ended chan<- error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		ended <- err
		return
	}
	close(started)
	ended <- cmd.Wait()
}

// marked returns the processes that bear the cookie, as ps shows them.
func marked(cookie string) []int {
	out, err := exec.Command("ps", "-axwwEo", "pid=,command=").Output()
	if err != nil {
		return nil
	}
	var found []int
	for line := range strings.SplitSeq(string(out), "\n") {
		fields := strings.Fields(line)
		if len(fields) == 0 || !bears(strings.Join(fields[1:], "\x00"), cookie) {
			continue
		}
		if pid, err := strconv.Atoi(fields[0]); err == nil {
			found = append(found, pid)
		}
	}
	return found
}
