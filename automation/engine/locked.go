package engine

import (
	"errors"
	"fmt"
	"os"
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
	return fmt.Sprintf("%s@%s (pid %d), since %s", h.User, h.Host, h.PID, h.Since.Local().Format("15:04:05"))
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

// dead says that every holder was a process of this very machine and has ended without giving the lock back.
func (e *Locked) dead() bool {
	here, err := os.Hostname()
	if err != nil || len(e.Holders) == 0 {
		return false
	}
	for _, holder := range e.Holders {
		if holder.Host != here || holder.PID <= 0 || holder.Since.IsZero() || aliveSince(holder.PID, holder.Since) {
			return false
		}
	}
	return true
}

// abandoned says that every holder is an update of this very machine whose deployer, which is its program, is gone.
func (e *Locked) abandoned() bool {
	here, err := os.Hostname()
	if err != nil || len(e.Holders) == 0 {
		return false
	}
	for _, holder := range e.Holders {
		if holder.Host != here || holder.PID <= 0 || !aliveSince(holder.PID, holder.Since) || !headless(holder.PID) {
			return false
		}
	}
	return true
}

// end kills the holders with the plugins that they started.
func (e *Locked) end() {
	for _, holder := range e.Holders {
		kill(holder.PID)
	}
}
