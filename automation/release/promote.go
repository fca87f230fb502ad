package release

import (
	"context"
	"fmt"
	"strings"

	"slipway/automation/fault"
)

// Proven answers the release that a promotion from an environment takes: with a commit, the newest one that the
// environment released and kept of it, even when it runs a newer one by now; without, the one that it runs. What
// did not prove itself there is a *fault.Error.
func Proven(ctx context.Context, environment, commit string, from Recorded, at Standing) (Release, error) {
	if commit == "" {
		return running(ctx, environment, from, at)
	}
	all, err := History(ctx, from, provenBack)
	if err != nil {
		return Release{}, err
	}
	for _, r := range all {
		if r.Outcome == Released && len(commit) >= len("abcdefg") && strings.HasPrefix(r.Commit, commit) {
			return r, nil
		}
	}
	return Release{}, unproven(environment, fmt.Sprintf("it has no release of commit %s among its last %d updates", commit, provenBack),
		"slipway deploy "+environment+" --commit "+commit)
}

// provenBack is how many updates are looked through for a commit: an approval may wait for days.
const provenBack = 200

// running is the release that every task of the environment runs, all of them healthy.
func running(ctx context.Context, environment string, from Recorded, at Standing) (Release, error) {
	s, err := Current(ctx, environment, from, at)
	switch {
	case err != nil:
		return Release{}, err
	case s.Image == "":
		return Release{}, unproven(environment, "it runs no image yet", "slipway deploy "+environment)
	case !s.AsMeant || s.Healthy < s.Desired:
		return Release{}, unproven(environment,
			fmt.Sprintf("%d of %d tasks run its image and %d are healthy", matching(s), s.Desired, s.Healthy), "slipway status "+environment)
	case s.Release != nil:
		return *s.Release, nil
	}
	return Release{Image: s.Image, Digest: s.Digest, Tag: s.Commit, Commit: s.Commit, Outcome: Released}, nil
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
