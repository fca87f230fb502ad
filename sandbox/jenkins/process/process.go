// Package process runs commands in process groups of their own, which end with the sandbox.
package process

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/jonboulle/clockwork"
)

// CookieName is the variable by which a process says what started it, however far down it is.
// Jenkins finds what a build leaves behind by the same.
const CookieName = "JENKINS_NODE_COOKIE"

// Masked returns a command that runs line with this umask. A process gets its umask from the one that starts it, which
// here is the sandbox: a user may have started it with any.
func Masked(umask os.FileMode, line []string) []string {
	return append([]string{"/bin/sh", "-c", fmt.Sprintf(`umask %04o && exec "$@"`, umask), "sh"}, line...)
}

// Group is a running command with what it has started.
type Group struct {
	pid    int
	ended  chan struct{}
	err    error
	clock  clockwork.Clock
	cookie string
}

// Start starts the command in a process group of its own. It is killed when this process ends, and all that it
// started bears the cookie, so that Sweep finds the rest.
func Start(cmd *exec.Cmd, cookie string, clock clockwork.Clock) (*Group, error) {
	cmd.Env = append(cmd.Env, CookieName+"="+cookie)
	g := &Group{ended: make(chan struct{}), clock: clock, cookie: cookie}
	started, ended := make(chan struct{}), make(chan error, 1)
	go supervise(cmd, started, ended)
	select {
	case <-started:
		g.pid = cmd.Process.Pid
	case err := <-ended:
		select {
		case <-started: // it has ended already
			g.pid = cmd.Process.Pid
			ended <- err
		default:
			return nil, err
		}
	}
	go func() {
		g.err = <-ended
		close(g.ended)
	}()
	return g, nil
}

// Ended is closed when the command has ended. What it started may still run.
func (g *Group) Ended() <-chan struct{} { return g.ended }

// Finish waits for the command, kills what it has left behind and returns the command's error.
func (g *Group) Finish() error {
	<-g.ended
	g.Kill()
	return g.err
}

// Stop asks the whole group to end, kills it after the grace, and returns the command's error.
// When ctx ends, what is left of the grace shrinks to the last.
func (g *Group) Stop(ctx context.Context, grace, last time.Duration) error {
	g.signal(syscall.SIGTERM)
	if !g.endsWithin(grace, ctx.Done()) {
		g.endsWithin(min(grace, last), nil)
		g.Kill()
	}
	return g.Finish()
}

// endsWithin waits for the command's end: false when the time is over or cut has happened before.
func (g *Group) endsWithin(d time.Duration, cut <-chan struct{}) bool {
	timer := g.clock.NewTimer(d)
	defer timer.Stop()
	select {
	case <-g.ended:
		return true
	case <-timer.Chan():
		g.Kill()
		return false
	case <-cut:
		return false
	}
}

func (g *Group) signal(s syscall.Signal) {
	_ = syscall.Kill(-g.pid, s) // a group that is gone needs none
	for _, pid := range marked(g.cookie) {
		if !inGroup(pid, g.pid) {
			_ = syscall.Kill(pid, s)
		}
	}
}

// Kill ends the group and all that bears its cookie.
func (g *Group) Kill() {
	_ = syscall.Kill(-g.pid, syscall.SIGKILL)
	Sweep(g.cookie)
}

// Sweep kills what an earlier run has left behind under this cookie. It looks again as long as there was
// something: what is killed may have started more in the meantime.
func Sweep(cookie string) {
	const rounds = 20
	for range rounds {
		found := marked(cookie)
		if len(found) == 0 {
			return
		}
		for _, pid := range found {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

func inGroup(pid, group int) bool {
	id, err := syscall.Getpgid(pid)
	return err == nil && id == group
}

// bears says whether an environment, as the kernel shows it, has this cookie.
func bears(environment, cookie string) bool {
	want := CookieName + "=" + cookie
	for variable := range strings.SplitSeq(environment, "\x00") {
		if variable == want {
			return true
		}
	}
	return false
}
