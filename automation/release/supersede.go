package release

import (
	"context"
	"errors"
	"fmt"

	"slipway/automation/release/ledger"
)

// mostAtOnce is how many of the newest releases may still be in progress.
const mostAtOnce = 10

// supersede ends the releases in progress of older commits, before anything is changed by this one: their deployers stop
// following them, put nothing back, and let go of what they wait for.
func (p pass) supersede(ctx context.Context, site Site) error {
	if p.Supersedes == nil {
		return nil
	}
	newest, err := site.Ledger.List(ctx, mostAtOnce)
	if err != nil {
		return err
	}
	for _, e := range newest {
		if e.Outcome != ledger.InProgress || e.Commit == p.Commit.Hash {
			continue
		}
		if !p.Supersedes(ctx, e.Commit, p.Commit.Hash) {
			return p.unready(fmt.Sprintf("release %d of %s is in progress, and this clone does not know its commit %s as an older one", e.Number, p.Environment, short(e.Commit)),
				"wait for it: slipway status "+p.Environment+"; git fetch, when the commit is somebody else's", nil)
		}
		ended, err := site.Ledger.Supersede(ctx, e.Number, fmt.Sprintf("commit %s, released by %s", p.Commit.Hash, site.Who.ARN))
		if err != nil {
			return err
		}
		if ended {
			p.warn("release %d of %s (%s) is ended: this one takes over", e.Number, p.Environment, short(e.Commit))
		}
	}
	return nil
}

// wanted is an *overtakenError once another deployer has ended this release. A ledger that cannot be read ends nothing.
func (p pass) wanted(ctx context.Context) error {
	if p.log.attempt == nil {
		return nil
	}
	by, err := p.log.attempt.SupersededBy(ctx)
	if err != nil || by == "" {
		return nil
	}
	return &overtakenError{by}
}

// taken is by what a release was ended or taken over from; "" when it was not.
func taken(err error) string {
	var newer *overtakenError
	if errors.As(err, &newer) {
		return newer.by
	}
	return ""
}
