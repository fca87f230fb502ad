package e2e

import (
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"slipway/automation/cli/terminal/terminaltest"
)

// A command runs inside a task: on a terminal as a person has it, with its size, its keys and its exit code.
func TestExec(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.withSampleApp()
	plain := "config:\n  slipway:kind: environment\n  slipway:versionPath: /version\n"
	w.stackFile("dev", plain)
	w.up("delivery")
	w.up("dev")
	w.deploy()
	w.fails(3, []string{"slipway:exec: true", "slipway restart dev"}, "exec", "dev", "--", "true")
	w.stackFile("dev", plain+"  slipway:exec: true\n")
	w.up("dev")
	w.must("restart", "dev")

	if a := w.must("exec", "dev", "--", "sh", "-c", `echo "$SLIPWAY_ENVIRONMENT is $(id -un)"; printf '%s|' "$@"`, "x", "a b", "it's"); a.stdout != "dev is root\r\na b|it's|" {
		t.Errorf("printed %q\n%s", a.stdout, a.stderr)
	}
	w.fails(42, nil, "exec", "dev", "--", "sh", "-c", "exit 42")
	w.fails(127, nil, "exec", "dev", "--", "no-such-program")
	if a := w.must("exec", "dev", "--plain", "--", "echo", "plain"); a.stdout != "plain\r\n" {
		t.Errorf("printed %q", a.stdout)
	}
	if a := w.run("exec", "dev", "--plain", "--", "no-such-program"); !strings.Contains(a.stdout+a.stderr, "no-such-program") {
		t.Errorf("printed %q\n%s", a.stdout, a.stderr)
	}
	w.fails(3, []string{`"ffff"`}, "exec", "dev", "--task", "ffff", "--", "true")
	w.fails(2, []string{"behind --"}, "exec", "dev", "ls")

	piped := exec.Command(w.slipway, "--project", w.project, "exec", "dev", "--", "sh", "-c", "stty -echo; echo ready; read line; echo got $line")
	piped.Env, piped.Stdin = w.env, strings.NewReader("from a pipe\n")
	if out, err := piped.CombinedOutput(); err != nil || !strings.Contains(string(out), "got from a pipe") {
		t.Errorf("from a pipe: %v\n%s", err, out)
	}

	for _, end := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGKILL} {
		w.endsExec(t, end)
	}

	master, slave := terminaltest.Pair(t)
	if err := unix.IoctlSetWinsize(int(slave.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 33, Col: 77}); err != nil {
		t.Fatal(err)
	}
	shell := w.onGiven(t, master, slave, "exec", "dev")
	shell.types("echo $((40+2)) in a shell\n")
	shell.expect("42 in a shell")
	shell.types("sleep 0.5; stty size\n")
	shell.expect("33 77")
	if err := unix.IoctlSetWinsize(int(master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 44, Col: 99}); err != nil {
		t.Fatal(err)
	}
	shell.types("sleep 1; stty size\n")
	shell.expect("44 99")
	shell.types("sleep 600\n")
	shell.expect("sleep 600")
	shell.types("\x03echo interrupted $((6*7))\n")
	shell.expect("interrupted 42")
	shell.types("exit 9\n")
	if code := shell.code(); code != 9 {
		t.Errorf("the shell ended with %d:\n%s", code, shell.text())
	}
}

// endsExec ends exec in the middle of a command, which has to end with it, in the container too.
func (w *world) endsExec(t *testing.T, by syscall.Signal) {
	t.Helper()
	stays := w.onTerminal(t, "exec", "dev", "--", "sh", "-c", "trap '' INT; echo it begins; sleep 54321")
	stays.expect("it begins")
	if err := stays.cmd.Process.Signal(by); err != nil {
		t.Fatal(err)
	}
	if code, want := stays.code(), map[syscall.Signal]int{syscall.SIGKILL: -1}[by]; want == 0 && code != 130 || want != 0 && code != want {
		t.Errorf("%v ended exec with code %d:\n%s", by, code, stays.text())
	}
	for deadline := time.Now().Add(20 * time.Second); ; <-time.After(50 * time.Millisecond) {
		out, err := exec.Command("pgrep", "-f", "sleep 5432[1]").Output()
		if err != nil && len(out) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%v: in the container these go on: %s", by, out)
		}
	}
}
