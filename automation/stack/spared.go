package stack

import "context"

type sparedKey struct{}

// sparing marks calls of the Automation API whose reports nobody reads: it selects a stack before and asks for
// outputs (twice) and history after an operation, at a quarter of a second each.
func sparing(ctx context.Context) context.Context { return context.WithValue(ctx, sparedKey{}, true) }

// spared answers such a report with nothing.
func spared(ctx context.Context, args []string) (string, bool) {
	if ctx.Value(sparedKey{}) == nil || len(args) < 2 || args[0] != "stack" {
		return "", false
	}
	switch args[1] {
	case "select":
		return "", true
	case "output":
		return "{}", true
	case "history":
		return "[]", true
	}
	return "", false
}
