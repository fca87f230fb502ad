package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"slipway/automation/cli/terminal/terminaltest"
)

// How commands behave on a terminal, behind a pipe, and with texts that nobody chose for them.
func TestManners(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.up("delivery")
	t.Run("a question", func(t *testing.T) { questions(t, w.with(t)) })
	w.up("dev")
	w.deploy()
	for _, c := range []struct {
		name string
		run  func(*testing.T, *world)
	}{
		{"the terminal goes", terminalGone}, {"the pipe is closed", pipeClosed}, {"a full disk", fullDisk}, {"odd commits", oddCommits},
		{"quiet", quietDeploy}, {"keys", keysOfJSON}, {"beside a sandbox", besideASandbox}, {"status of delivery", statusOfDelivery},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, w.with(t)) })
	}
}

// with is the world for a subtest.
func (w *world) with(t *testing.T) *world {
	inner := *w
	inner.t = t
	return &inner
}

// console is a command on a terminal of its own.
type console struct {
	t    *testing.T
	cmd  *exec.Cmd
	file *os.File

	mu      sync.Mutex
	printed bytes.Buffer
	ended   chan struct{}
}

// onTerminal starts a command as a person does.
func (w *world) onTerminal(t *testing.T, args ...string) *console {
	t.Helper()
	master, slave := terminaltest.Pair(t)
	return w.onGiven(t, master, slave, args...)
}

// onGiven starts a command on a terminal.
func (w *world) onGiven(t *testing.T, master, slave *os.File, args ...string) *console {
	t.Helper()
	cmd := exec.Command(w.slipway, append([]string{"--project", w.project}, args...)...)
	cmd.Env, cmd.Dir = append(w.env, "TERM=xterm", "CI="), w.project
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	slave.Close()
	c := &console{t: t, cmd: cmd, file: master, ended: make(chan struct{})}
	go func() {
		defer close(c.ended)
		part := make([]byte, 4096)
		for {
			n, err := master.Read(part)
			c.mu.Lock()
			c.printed.Write(part[:n])
			c.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return c
}

func (c *console) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.printed.String()
}

// expect waits until a text is on the terminal.
func (c *console) expect(text string) {
	c.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !strings.Contains(c.text(), text); <-time.After(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			c.t.Fatalf("%q does not come:\n%s", text, c.text())
		}
	}
}

func (c *console) types(keys string) {
	c.t.Helper()
	if _, err := io.WriteString(c.file, keys); err != nil {
		c.t.Fatal(err)
	}
}

// code waits for the end of the command.
func (c *console) code() int {
	_ = c.cmd.Wait()
	<-c.ended
	return c.cmd.ProcessState.ExitCode()
}

// frames are what moves on a terminal.
var frames = regexp.MustCompile("[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]")

func questions(t *testing.T, w *world) {
	const question = "Change stack dev? [y/N] "
	no := w.onTerminal(t, "up", "dev")
	no.expect(question)
	no.types("n\n")
	if code := no.code(); code != 1 || !strings.Contains(no.text(), "declined; nothing was changed") {
		t.Errorf("declined with exit code %d:\n%s", code, no.text())
	}
	leaves := w.onTerminal(t, "up", "dev")
	leaves.expect(question)
	leaves.types("\x03")
	if code := leaves.code(); code != 130 || !strings.Contains(leaves.text(), "interrupted; nothing was changed") || strings.Contains(leaves.text(), "put in order") {
		t.Errorf("Ctrl-C at a question: exit code %d:\n%s", code, leaves.text())
	}
	yes := w.onTerminal(t, "up", "dev")
	yes.expect(question)
	before := len(yes.text())
	yes.types("y\n")
	if code := yes.code(); code != 0 || !frames.MatchString(yes.text()[before:]) {
		t.Errorf("agreed with exit code %d, and nothing moves:\n%s", code, yes.text()[before:])
	}
}

// A release whose terminal is closed goes on to its end.
func terminalGone(t *testing.T, w *world) {
	commit := w.commit("after the terminal", behaviour{Colour: "grey"})
	c := w.onTerminal(t, w.deployArgs()...)
	c.expect("rollout")
	if err := c.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	_ = c.file.Close()
	if code := c.code(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	w.serves(commit)
}

func pipeClosed(t *testing.T, w *world) {
	for i, form := range []string{`"$@" --json | head -1`, `"$@" 2>&1 | head -3`} {
		commit := w.commit("behind a pipe", behaviour{Colour: fmt.Sprint("grey", i)})
		args := append([]string{"-c", form + "; exit ${PIPESTATUS[0]}", "bash", w.slipway, "--project", w.project}, w.deployArgs()...)
		cmd := exec.Command("bash", args...)
		cmd.Env = w.env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", form, err, out)
		}
		w.serves(commit)
	}
}

// serves says whether the newest release is of a commit.
func (w *world) serves(commit string) {
	w.t.Helper()
	var s struct {
		Data struct {
			Environments []struct {
				Commit  string
				AsMeant bool
			}
		}
	}
	w.json(&s, "status", "dev", "--json")
	if e := s.Data.Environments[0]; e.Commit != commit || !e.AsMeant {
		w.t.Errorf("dev has %+v, not %s", e, commit)
	}
}

// An answer that cannot be written is an error, whatever was done.
func fullDisk(t *testing.T, w *world) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this system has no /dev/full")
	}
	defer full.Close()
	for _, args := range [][]string{{"status"}, {"status", "--json"}, {"logs", "dev"}, w.deployArgs("--result", "/dev/full")} {
		cmd := exec.Command(w.slipway, append([]string{"--project", w.project}, args...)...)
		var talk bytes.Buffer
		cmd.Env, cmd.Stderr, cmd.Stdout = w.env, &talk, full
		if args[0] == "deploy" {
			cmd.Stdout = io.Discard
		}
		_ = cmd.Run()
		if code := cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(talk.String(), "no space left on device") {
			t.Errorf("%s: exit code %d\n%s", args[0], code, talk.String())
		}
	}
}

// What people write into commits is kept, shown and never obeyed.
func oddCommits(t *testing.T, w *world) {
	long := strings.TrimSpace(strings.Repeat("* something that was squashed into this one\n", 3700))
	for _, c := range []struct{ author, message, subject string }{
		{"Build: Bot", long, "* something that was squashed"},
		{"Ada", "\x1b[2Jhello \x1b[31mred\x1b]0;owned\a", "\x1b[2Jhello \x1b[31mred\x1b]0;owned\a"},
		{"Ånn \u202eÖ", "Fix %s \\n 🚢 [promoted from prod] [execution 1]", "Fix %s \\n 🚢 [promoted from prod] [execution 1]"},
	} {
		w.write("note.txt", c.author)
		w.git("add", "--all")
		message := w.script("message", "") // a folder of its own
		if err := os.WriteFile(message, []byte(c.message), 0o600); err != nil {
			t.Fatal(err)
		}
		w.git("-c", "user.name="+c.author, "-c", "user.email=a@example.com", "commit", "--quiet", "-F", message)
		if a := w.must(w.deployArgs()...); strings.ContainsAny(a.stdout+a.stderr, "\x1b\a") {
			t.Errorf("%s: obeyed by a terminal: %q", c.author, a.stdout+a.stderr)
		}
		var s struct {
			Data struct {
				Environments []struct {
					Releases []struct{ Author, Subject, From, Execution string }
				}
			}
		}
		w.json(&s, "status", "dev", "--json", "-n", "1")
		r := s.Data.Environments[0].Releases[0]
		if r.Author != c.author+" <a@example.com>" || !strings.HasPrefix(r.Subject, c.subject) || len(r.Subject) > 2000 || r.From != "" || r.Execution != "" {
			t.Errorf("read back as %+.300v", r)
		}
		if a := w.must("status", "dev"); strings.ContainsAny(a.stdout, "\x1b\a\u202e") {
			t.Errorf("status is obeyed by a terminal: %q", a.stdout)
		}
	}
}

func quietDeploy(t *testing.T, w *world) {
	w.commit("quietly", behaviour{Colour: "black"})
	if a := w.must(w.deployArgs("--quiet")...); a.stdout != w.output("dev", "AppURL")+"\n" || a.stderr != "" {
		t.Errorf("printed %q and %q", a.stdout, a.stderr)
	}
}

// keysOfJSON holds every object that commands print to one case, but for the names that users or Pulumi gave.
func keysOfJSON(t *testing.T, w *world) {
	given := map[string]bool{"outputs": true, "set": true}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case []any:
			for _, one := range v {
				walk(path, one)
			}
		case map[string]any:
			for key, one := range v {
				if strings.ToLower(key[:1]) != key[:1] || strings.ContainsAny(key, "_-") {
					t.Errorf("%s has the key %q", path, key)
				}
				if !given[key] {
					walk(path+"."+key, one)
				}
			}
		}
	}
	w.commit("for its keys", behaviour{Colour: "white"})
	for _, args := range [][]string{{"status"}, {"status", "delivery"}, {"preview", "dev"}, {"pipeline", "status"}, {"sandbox", "status"}, {"history", "dev"}, {"version"},
		{"logs", "dev"}, {"open", "dev", "--print"}, w.deployArgs(), {"nothing"}} {
		a := w.run(append(args, "--json")...)
		for line := range strings.SplitSeq(strings.TrimSpace(a.stdout), "\n") {
			var v any
			if err := json.Unmarshal([]byte(line), &v); err != nil {
				t.Fatalf("%v: %q: %v", args, line, err)
			}
			walk(args[0], v)
		}
	}
}

// Where a sandbox runs and the shell does not use it, the error says how to.
func besideASandbox(t *testing.T, w *world) {
	var bare []string
	for _, kv := range w.env {
		if !strings.HasPrefix(kv, "AWS_") && !strings.HasPrefix(kv, "PULUMI_") && !strings.HasPrefix(kv, "SLIPWAY_") {
			bare = append(bare, kv)
		}
	}
	w.env = append(bare, "AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "PULUMI_BACKEND_URL=s3://slipway-none")
	hint := `eval "$(slipway sandbox env)"`
	w.fails(3, []string{hint}, "status")
	w.fails(3, []string{hint}, "logs", "dev")
	w.env = append(w.env, "AWS_REGION=us-east-1")
	w.fails(3, []string{hint}, w.deployArgs()...)
}

func statusOfDelivery(t *testing.T, w *world) {
	a := w.must("status", "delivery")
	for _, text := range []string{w.output("delivery", "PipelineName"), w.output("delivery", "RepositoryURL"), w.output("delivery", "SourceCloneURL")} {
		if text == "" || !strings.Contains(a.stdout, text) {
			t.Errorf("%q is not in\n%s", text, a.stdout)
		}
	}
	if strings.Contains(a.stdout, "does not") {
		t.Errorf("it exists, but:\n%s", a.stdout)
	}
}
