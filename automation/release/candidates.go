package release

import (
	"context"
	"fmt"
	"strings"

	"slipway/automation/fault"
	"slipway/automation/release/ledger"
)

// Candidate is a proved release that an environment may return to.
type Candidate struct {
	Release Release `json:"release"`
	Why     string  `json:"why,omitempty"` // why it cannot be returned to; empty when it can
}

// mostCandidates is how many releases are offered.
const mostCandidates = 20

// Candidates answers the proved releases of an environment that it does not run, newest first, each image once.
func Candidates(ctx context.Context, book ledger.Ledger, registry string, now Image, from Images) ([]Candidate, error) {
	found := []Candidate{}
	seen := map[Image]bool{now: true}
	err := book.Scan(ctx, 0, func(e ledger.Entry) bool {
		image, err := ParseImage(e.Image, e.Commit)
		if err == nil && e.Outcome == ledger.Released && !seen[image] {
			seen[image] = true
			found = append(found, Candidate{Release: e})
		}
		return len(found) < mostCandidates
	})
	for i := range found {
		if err != nil {
			return nil, err
		}
		var there bool
		if _, there, err = from.Image(ctx, registry, found[i].Release.Digest); err == nil && !there {
			found[i].Why = "its image " + shortDigest(found[i].Release.Digest) + " is no longer in the registry"
		}
	}
	return found, err
}

// Choose answers the candidate that a person named by its number or commit, or the newest one that can be returned to.
func Choose(environment, to string, all []Candidate) (Release, error) {
	for _, c := range all {
		switch {
		case to == "" && c.Why == "", to != "" && c.named(to) && c.Why == "":
			return c.Release, nil
		case to != "" && c.named(to):
			return Release{}, unreturnable(environment, fmt.Sprintf("release %d of commit %s: %s", c.Release.Number, short(c.Release.Commit), c.Why))
		}
	}
	if to == "" {
		return Release{}, unreturnable(environment, "it has no other release that was proved and whose image still exists")
	}
	return Release{}, unreturnable(environment, fmt.Sprintf("%s is no release that it can return to, by number or by commit of at least 7 digits", quote(to)))
}

func (c Candidate) named(to string) bool {
	return to == fmt.Sprint(c.Release.Number) || len(to) >= len("abcdefg") && strings.HasPrefix(c.Release.Commit, to)
}

func unreturnable(environment, cause string) error {
	return &fault.Error{
		Op: "rolling back " + environment, Cause: cause, Next: "slipway rollback " + environment + " --list", Code: fault.NotReady,
	}
}

// Held says that an environment was rolled back by a person last: what comes through the pipeline by itself waits until
// a person has released to it again.
func Held(ctx context.Context, book ledger.Ledger) (Release, bool, error) {
	var last Release
	err := book.Scan(ctx, lookBack, func(e ledger.Entry) bool {
		if e.Outcome == ledger.Released {
			last = e
		}
		return last.Number == 0
	})
	return last, last.Kind == ledger.Rollback, err
}

// Newest answers the newest release of a commit, or of any with "", that has an image, however it ended.
func Newest(ctx context.Context, book ledger.Ledger, commit string) (found Release, there bool, err error) {
	err = book.Scan(ctx, lookBack, func(e ledger.Entry) bool {
		if e.Image != "" && strings.HasPrefix(e.Commit, commit) {
			found, there = e, true
		}
		return !there
	})
	return found, there, err
}

// Place answers the image that an environment's stack has now, the zero value for none, and the name of the registry's
// repository.
func Place(ctx context.Context, o Options) (now Image, repository string, err error) {
	own, err := outputsOf(ctx, o.Stack)
	if err != nil {
		return Image{}, "", err
	}
	delivery, err := outputsOf(ctx, o.Delivery)
	if err != nil {
		return Image{}, "", err
	}
	at := environmentOf(own)
	if at.Service == "" {
		return Image{}, "", &fault.Error{
			Op: "looking at " + o.Environment, Cause: "it does not exist yet", Next: "slipway up " + o.Environment, Code: fault.NotReady,
		}
	}
	now, err = ParseImage(at.Image, at.Commit)
	if at.Image == "" {
		err = nil
	}
	return now, registryOf(delivery).Name, err
}
