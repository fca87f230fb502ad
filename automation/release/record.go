package release

import (
	"context"
	"fmt"
)

// record confirms that Pulumi's own history holds the release: there is no other store.
type record struct{}

func (record) Name() string { return "record" }

func (record) Run(ctx context.Context, r *run) (ended, error) {
	ctx, cancel := r.bounded(ctx)
	defer cancel()
	all, err := History(ctx, r.Stack, lookBack)
	if err != nil {
		return ended{}, fmt.Errorf("the release is live and proved, but not confirmed in the history: %w", err)
	}
	if !r.change.applied {
		r.release = r.recorded(all)
		return skipped("nothing new: " + r.Environment + " has this release already")
	}
	if len(all) == 0 || all[0].Image != r.image.Ref() {
		return ended{}, fmt.Errorf("the release is live and proved, but the newest release in the history of %s is another", r.Environment)
	}
	r.release = all[0]
	if r.release.Version == 0 { // folders and buckets as backends do not count updates
		return done("the newest in the history of " + r.Environment)
	}
	return done(fmt.Sprintf("version %d of %s", r.release.Version, r.Environment))
}

// recorded is the update that brought the image, or, when that is too long ago,
// what is known without it.
func (r *run) recorded(all []Release) Release {
	for _, known := range all {
		if known.Image == r.image.Ref() && known.Outcome == Released {
			return known
		}
	}
	return Release{
		Image: r.image.Ref(), Digest: r.image.Digest, Tag: r.image.Commit, Commit: r.image.Commit,
		Author: r.Commit.Author, Subject: r.Commit.Subject, Outcome: Released,
	}
}
