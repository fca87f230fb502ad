package config

import (
	"fmt"
	"strings"
)

// Namespace stands before every key of ours in a stack's configuration: `slipway:kind`.
const Namespace = "slipway"

// Problem is one thing wrong with a stack's configuration.
type Problem struct {
	// Key has no namespace.
	Key string
	// Value is what was given, empty when nothing was.
	Value string
	// Allowed says what would be right.
	Allowed string
}

// String is the problem in one line.
func (p Problem) String() string {
	return fmt.Sprintf("%s:%s = %q: %s", Namespace, p.Key, p.Value, p.Allowed)
}

// NoRegistry is the error of an environment that has no image, and whose delivery stack has no registry to take one from.
type NoRegistry struct{ Delivery string }

func (e *NoRegistry) Error() string {
	return "there is no registry to pull an image from: stack " + e.Delivery + " has none yet; " +
		"run `slipway up " + e.Delivery + "` first, or set slipway:image to an image that is in a registry already"
}

// Error lists everything that is wrong with a stack's configuration.
type Error struct{ Problems []Problem }

// Error is one line for each problem, below a line that counts them.
func (e *Error) Error() string {
	lines := []string{fmt.Sprintf("reading the configuration: %d problem(s)", len(e.Problems))}
	for _, p := range e.Problems {
		lines = append(lines, "  "+p.String())
	}
	return strings.Join(lines, "\n")
}
