package drill

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"slipway/automation/project"
)

// grace is how long a command may take to end after an interrupt: a release brings back what served.
const grace = 3 * time.Minute

// Close removes the sandbox with all that is in it, and the folder.
func (f *Field) Close(ctx context.Context) error {
	err := f.run(context.WithoutCancel(ctx), nil, "sandbox", "stop")
	return errors.Join(err, os.RemoveAll(f.root))
}

// run runs the deployer and decodes the data of its result, the last line that it prints, into to, unless that is nil. Its
// error ends with what the deployer said last.
func (f *Field) run(ctx context.Context, to any, args ...string) error {
	cmd := exec.CommandContext(ctx, f.slipway, append([]string{"--project", f.root}, args...)...)
	cmd.Dir, cmd.WaitDelay = f.root, grace
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	var printed, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &printed, &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("slipway %s: %w: %s", strings.Join(args, " "), err, last(said.String(), 12))
	}
	if to == nil {
		return nil
	}
	result := struct{ Data any }{to}
	if err := json.Unmarshal([]byte(last(printed.String(), 1)), &result); err != nil {
		return fmt.Errorf("read what slipway %s printed: %w", strings.Join(args, " "), err)
	}
	return nil
}

// last are the last n lines of a text.
func last(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

func (f *Field) git(ctx context.Context, args ...string) error {
	if out, err := project.Git(ctx, f.root, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("git %s: %w: %s", strings.Join(args, " "), err, last(string(out), 3))
	}
	return nil
}

// copyFile copies a program: a link would share the user's.
func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
