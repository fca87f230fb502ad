package engine

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// Holder is a process that holds a stack's lock.
type Holder struct {
	User  string    `json:"user"`
	Host  string    `json:"host"`
	PID   int       `json:"pid"`
	Since time.Time `json:"since"`
}

func (h Holder) String() string {
	return fmt.Sprintf("%s@%s (pid %d), since %s", h.User, h.Host, h.PID, h.Since.Local().Format(time.DateTime))
}

// Locked is the error when others hold the stack. The backend of Pulumi's service does not say who.
type Locked struct {
	Stack   string
	Holders []Holder
	Waited  time.Duration
}

func (e *Locked) Error() string {
	text := "stack " + e.Stack + " is locked by " + e.Who()
	if e.Waited >= time.Second {
		text += fmt.Sprintf(" (waited %s)", e.Waited.Round(time.Second))
	}
	return text
}

// Who names the holders.
func (e *Locked) Who() string {
	if len(e.Holders) == 0 {
		return "another update"
	}
	names := make([]string, len(e.Holders))
	for i, holder := range e.Holders {
		names[i] = holder.String()
	}
	return strings.Join(names, " and ")
}

// lockLine is how the file and object store backends of pulumi name a holder.
var lockLine = regexp.MustCompile(`created by (.+)@(\S+) \(pid (\d+)\) at (\S+)`)

// lockedBy returns the lock that made an operation fail, or nil when it was something else.
func lockedBy(stack string, err error) *Locked {
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		if auto.IsConcurrentUpdateError(inner) {
			return &Locked{Stack: stack, Holders: parseHolders(inner.Error())}
		}
	}
	return nil
}

func parseHolders(text string) []Holder {
	var holders []Holder
	seen := map[string]bool{}
	for _, match := range lockLine.FindAllStringSubmatch(text, -1) {
		pid, _ := strconv.Atoi(match[3])
		since, _ := time.Parse(time.RFC3339, match[4])
		if !seen[match[0]] {
			holders = append(holders, Holder{User: match[1], Host: match[2], PID: pid, Since: since})
			seen[match[0]] = true
		}
	}
	return holders
}

// dead says that every holder was a pulumi that we started and that has ended without giving the lock back.
func (e *Locked) dead() bool {
	return e.all(func(c child) bool { return !c.runs() })
}

// abandoned says that every holder is a pulumi that we started and whose deployer, which is its program, is gone.
func (e *Locked) abandoned() bool {
	return e.all(func(c child) bool { return c.runs() && headless(c.PID) })
}

// all says whether every holder is a child of ours of which something holds.
func (e *Locked) all(holds func(child) bool) bool {
	for _, holder := range e.Holders {
		if c, ours := ownChild(holder); !ours || !holds(c) {
			return false
		}
	}
	return len(e.Holders) > 0
}

// end kills the holders with the plugins that they started.
func (e *Locked) end() {
	for _, holder := range e.Holders {
		kill(holder.PID)
	}
}
