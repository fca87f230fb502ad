package gate

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// Command is a program of the user's that judges a release.
type Command struct {
	Line  []string // the program and its arguments
	Dir   string   // where it runs: the project's folder
	Limit time.Duration
	Print func(line string) // what it prints, on either of its outputs
}

// inherited are the variables that the program gets of the deployer's: enough to find programs, and no credentials.
var inherited = []string{"PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "USER", "SSL_CERT_FILE", "SSL_CERT_DIR"}

// environment says which release is to be judged.
func (r Release) environment() []string {
	env := []string{
		"SLIPWAY_ENVIRONMENT=" + r.Environment, "SLIPWAY_COMMIT=" + r.Commit, "SLIPWAY_DIGEST=" + r.Digest,
		"SLIPWAY_IMAGE=" + r.Image, "SLIPWAY_URL=" + r.AppURL,
	}
	for _, name := range inherited {
		if value, set := os.LookupEnv(name); set {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// lastLines is how much of a program's output is evidence.
const lastLines = 20

// Ask runs the program. It refuses when that ends with another exit code than 0, or not within its limit: the program is
// killed then, with everything that it started in its process group.
func (c Command) Ask(ctx context.Context, r Release) (Verdict, error) {
	ctx, cancel := context.WithTimeout(ctx, c.Limit)
	defer cancel()
	begun := time.Now()
	out, err := c.run(ctx, r.environment())
	took := time.Since(begun).Round(100 * time.Millisecond)
	var ended *exec.ExitError
	switch {
	case err == nil:
		return passed("%s ended with 0 after %s", c.Line[0], took)
	case errors.Is(ctx.Err(), context.DeadlineExceeded) && took >= c.Limit.Round(100*time.Millisecond):
		return Verdict{}, r.refuse(fmt.Sprintf("%s did not end within %s and was killed", c.Line[0], c.Limit), "slipway:verifyTimeout gives it longer", out...)
	case ctx.Err() != nil:
		return Verdict{}, ctx.Err()
	case errors.As(err, &ended):
		return Verdict{}, r.refuse(fmt.Sprintf("%s ended with %s", c.Line[0], ended.ProcessState), "slipway logs "+r.Environment, out...)
	}
	return Verdict{}, r.refuse(fmt.Sprintf("%s cannot be run: %v", c.Line[0], err), "set slipway:verifyCommand to a program and its arguments; it runs in "+c.Dir)
}

// run answers the last lines that the program printed.
func (c Command) run(ctx context.Context, env []string) ([]string, error) {
	cmd := exec.CommandContext(ctx, c.Line[0], c.Line[1:]...)
	cmd.Dir, cmd.Env = c.Dir, env
	read, write := io.Pipe()
	cmd.Stdout, cmd.Stderr = write, write
	cmd.WaitDelay = time.Second // for what it left behind with our pipe
	alone(cmd)
	last := make(chan []string, 1)
	go func() { last <- c.follow(read) }()
	err := execute(cmd)
	_ = write.Close()
	if errors.Is(err, exec.ErrWaitDelay) { // it ended with 0, and something that it started kept its output open
		err = nil
	}
	return <-last, err
}

// follow prints lines as they come and answers the last ones.
func (c Command) follow(from io.Reader) (last []string) {
	lines := bufio.NewReader(from)
	for {
		line, err := readLine(lines)
		if line != "" || err == nil {
			c.Print(line)
			if last = append(last, line); len(last) > lastLines {
				last = last[1:]
			}
		}
		if err != nil {
			return last
		}
	}
}

// longestLine is where a line is cut.
const longestLine = 2000

func readLine(from *bufio.Reader) (string, error) {
	var line []byte
	for {
		part, more, err := from.ReadLine()
		if room := longestLine - len(line); room > 0 {
			line = append(line, part[:min(len(part), room)]...)
		}
		if err != nil || !more {
			return string(line), err
		}
	}
}
