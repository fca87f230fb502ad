package engine

import (
	"context"
	"slices"
)

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

type sealedKey struct{}

// sealing marks a call of the Automation API whose secrets may stay encrypted: opening them costs a derivation of
// the key, a quarter of a second that few stacks need.
func sealing(ctx context.Context) context.Context { return context.WithValue(ctx, sealedKey{}, true) }

// sealed is the call without the option to show secrets, where it was marked.
func sealed(ctx context.Context, args []string) []string {
	if ctx.Value(sealedKey{}) == nil {
		return args
	}
	return slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return arg == "--show-secrets" })
}
