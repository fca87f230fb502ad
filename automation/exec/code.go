package exec

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// ECS Exec has no exit code. A shell around the command prints it last, between two record separators, which nothing that
// is meant for a terminal has.
const separator = 0x1e

var mark = regexp.MustCompile(`^\x1eslipway (\d{1,3})\x1e`)

const around = `"$@"; printf '\036slipway %d\036' $?`

// Shell is the default command: the best shell that there is.
var Shell = []string{"sh", "-c", "command -v bash >/dev/null 2>&1 && exec bash; exec sh"}

// WithCode is a command line that runs words and then tells their exit code to a Coded.
func WithCode(words []string) string {
	return Line(append([]string{"sh", "-c", around, "sh"}, words...))
}

// Line quotes words for the agent, which splits them as a shell does.
func Line(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return strings.Join(quoted, " ")
}

// Coded passes on what is written but for the exit code in it.
type Coded struct {
	To   io.Writer
	Code int
	Told bool
	held []byte // the beginning of what may be the mark
}

// Rest passes on what looked like the beginning of a mark and was none.
func (c *Coded) Rest() error {
	_, err := c.To.Write(c.held)
	c.held = nil
	return err
}

// Write passes on p.
func (c *Coded) Write(p []byte) (int, error) {
	rest := append(c.held, p...)
	c.held = nil
	for len(rest) > 0 {
		at := bytes.IndexByte(rest, separator)
		if at < 0 {
			at = len(rest)
		}
		if _, err := c.To.Write(rest[:at]); err != nil {
			return 0, err
		}
		if rest = rest[at:]; len(rest) == 0 {
			break
		}
		found := mark.FindSubmatch(rest)
		switch {
		case found != nil:
			c.Code, _ = strconv.Atoi(string(found[1]))
			c.Told = true
			rest = rest[len(found[0]):]
		case len(rest) < len("\x1eslipway 000\x1e") && strings.HasPrefix(fmt.Sprintf("%cslipway ", separator), string(rest[:min(len(rest), 9)])):
			c.held = bytes.Clone(rest)
			return len(p), nil
		default:
			if _, err := c.To.Write(rest[:1]); err != nil {
				return 0, err
			}
			rest = rest[1:]
		}
	}
	return len(p), nil
}
