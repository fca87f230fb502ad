package release

import (
	"context"
	"fmt"
	"strings"

	"slipway/automation/fault"
	"slipway/automation/release/ledger"
)

// Proven answers the release that a promotion from an environment takes: with a commit, the newest one of it that the
// environment proved, even when it runs a newer one by now; without, the one that it runs. What the ledger does not
// have as proved is a *fault.Error.
func Proven(ctx context.Context, environment, commit string, from Outputs, book ledger.Ledger, at Standing) (Release, error) {
	if commit == "" {
		return running(ctx, environment, from, book, at)
	}
	var found, unproved Release
	err := book.Scan(ctx, 0, func(e ledger.Entry) bool {
		switch {
		case len(commit) < len("abcdefg") || !strings.HasPrefix(e.Commit, commit):
		case e.Outcome == ledger.Released:
			found = e
		case unproved.Number == 0:
			unproved = e
		}
		return found.Number == 0
	})
	switch {
	case err != nil:
		return Release{}, err
	case found.Number > 0:
		return found, nil
	case unproved.Number > 0:
		return Release{}, unproven(environment, fmt.Sprintf("its release %d of commit %s was never proved: %s", unproved.Number, commit, unproved.Outcome),
			fmt.Sprintf("slipway deploy %s --commit %s", environment, commit))
	}
	return Release{}, unproven(environment, "it has no release of commit "+commit, "slipway deploy "+environment+" --commit "+commit)
}

// running is the release that every task of the environment runs, all of them healthy.
func running(ctx context.Context, environment string, from Outputs, book ledger.Ledger, at Standing) (Release, error) {
	s, err := Current(ctx, environment, from, book, at)
	switch {
	case err != nil:
		return Release{}, err
	case s.Image == "":
		return Release{}, unproven(environment, "it runs no image yet", "slipway deploy "+environment)
	case !s.AsMeant || s.Healthy < s.Desired:
		return Release{}, unproven(environment,
			fmt.Sprintf("%d of %d tasks run its image and %d are healthy", matching(s), s.Desired, s.Healthy), "slipway status "+environment)
	case s.Release == nil:
		return Release{}, unproven(environment, "no release of the image that it runs was proved", "slipway deploy "+environment+" --commit "+s.Commit)
	}
	return *s.Release, nil
}

func matching(s Status) (n int) {
	for _, task := range s.Running {
		if task.Digest == s.Digest {
			n++
		}
	}
	return n
}

func unproven(environment, cause, next string) error {
	return &fault.Error{Op: "promoting from " + environment, Cause: cause, Next: next, Code: fault.NotReady}
}
