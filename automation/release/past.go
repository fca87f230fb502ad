package release

import (
	"context"

	"slipway/automation/release/ledger"
)

// Past is what the ledger says of the environment, as far as a release needs it.
type Past struct {
	Last     ledger.Entry // the newest; number 0 when the ledger is empty
	Live     ledger.Entry // the one that brought the image of this release, proved, if nothing came after that
	Previous Image        // the newest image that was proved and is not this release's; zero when there is none
}

// lookBack is how many releases are looked through for one that is needed.
const lookBack = 200

// recall reads the ledger. The same bytes under another commit are another release.
func recall(ctx context.Context, from ledger.Ledger, ours Image) (Past, error) {
	var p Past
	undisturbed := true // what came later was all taken back, with proof
	serves := ""        // the task definition that it was taken back to
	err := from.Scan(ctx, lookBack, func(e ledger.Entry) bool {
		if p.Last.Number == 0 {
			p.Last = e
		}
		if e.Refused() { // it changed nothing
			return true
		}
		if e.Outcome != ledger.Released {
			undisturbed = undisturbed && e.Outcome == ledger.RolledBack
			if serves == "" {
				serves = e.Serves
			}
			return true
		}
		image, err := ParseImage(e.Image, e.Commit)
		if err == nil && image == ours {
			if undisturbed {
				p.Live = e
			}
			if serves != "" {
				p.Live.TaskDefinition = serves
			}
			undisturbed = false
			return true
		}
		undisturbed = false
		if err == nil {
			p.Previous = image
		}
		return p.Previous == Image{}
	})
	return p, err
}
