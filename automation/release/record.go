package release

import (
	"context"
	"errors"
	"fmt"

	"slipway/automation/release/ledger"
)

// Release is a release as the ledger has it.
type Release = ledger.Entry

// record writes into the ledger that the release was proved. What is not there as released never was.
func (p pass) record(ctx context.Context, t trail) (Release, ended, error) {
	if p.log.attempt == nil {
		return t.site.Past.Live, skipped("nothing new: " + p.Environment + " has this release already"), nil
	}
	err := p.finish(ctx, ending{trail: t, outcome: ledger.Released})
	if errors.Is(err, ledger.ErrEnded) {
		p.log.attempt.Entry.Outcome = ledger.InProgress // what is there was written by another
		if over := p.wanted(ctx); over != nil {
			return Release{}, ended{}, over
		}
	}
	if err != nil {
		return Release{}, ended{}, fmt.Errorf("the release is live and proved, but it could not be recorded; the same command records it: %w", err)
	}
	e := p.log.attempt.Entry
	return e, done(fmt.Sprintf("number %d of %s", e.Number, p.Environment)), nil
}
