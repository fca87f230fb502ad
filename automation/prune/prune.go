// Package prune finds the images of a registry that no environment runs, and none may return to, and deletes them.
package prune

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"slipway/automation/cloud"
	"slipway/automation/release/ledger"
	"slipway/images"
)

// Environment is one whose releases the ledger has.
type Environment struct {
	Name    string
	Keep    int               // how many proved releases keep their image, at least 1
	Runs    map[string]string // digests that it has, with how that is known, beside those of its ledger
	Ledger  ledger.Ledger
	Unknown error // why Runs is not known
}

// Registry is the part of ECR that is asked.
type Registry interface {
	Images(ctx context.Context, repository string) ([]cloud.Image, error)
	DeleteImages(ctx context.Context, repository string, digests []string) error
}

// Image is one image of the registry and what becomes of it.
type Image struct {
	Digest string    `json:"digest"`
	Tags   []string  `json:"tags"`
	Pushed time.Time `json:"pushed"`
	Bytes  int64     `json:"bytes"`
	Kept   string    `json:"kept,omitempty"` // why; empty for one that goes
}

// young is how long an image is left alone that no release has yet: it was built a moment ago.
const young = 24 * time.Hour

// Find sorts the images of a registry, the newest first. It asks every ledger before it says of any image that it may go.
func Find(ctx context.Context, from Registry, repository string, all []Environment, now time.Time) ([]Image, error) {
	kept := map[string]string{}
	for _, e := range all {
		if err := e.keep(ctx, kept); err != nil {
			return nil, err
		}
	}
	there, err := from.Images(ctx, repository)
	if err != nil {
		return nil, err
	}
	var out []Image
	for _, i := range there {
		image := Image{Digest: i.Digest, Tags: i.Tags, Pushed: i.Pushed, Bytes: i.Bytes, Kept: kept[i.Digest]}
		switch {
		case image.Kept != "":
		case !ours(i):
			image.Kept = "no build of slipway made it"
		case now.Sub(i.Pushed) < young:
			image.Kept = "it was pushed less than a day ago"
		}
		out = append(out, image)
	}
	slices.SortStableFunc(out, func(a, b Image) int { return cmp.Or(b.Pushed.Compare(a.Pushed), cmp.Compare(a.Digest, b.Digest)) })
	return out, nil
}

// ours has the tag of a source.
func ours(i cloud.Image) bool {
	return slices.ContainsFunc(i.Tags, func(tag string) bool { return strings.HasPrefix(tag, images.SourceTag) })
}

// keep adds the digests that an environment needs: what it runs, its newest proved releases, and everything of a release
// that has not ended, with the one that it would return to.
func (e Environment) keep(ctx context.Context, kept map[string]string) error {
	if e.Unknown != nil {
		return fmt.Errorf("find out what %s runs: %w", e.Name, e.Unknown)
	}
	add := func(digest, why string) {
		if kept[digest] == "" {
			kept[digest] = why
		}
	}
	for digest, how := range e.Runs {
		add(digest, how)
	}
	proved := map[string]bool{}
	return e.Ledger.Scan(ctx, 0, func(r ledger.Entry) bool {
		switch {
		case r.Outcome == ledger.InProgress:
			add(r.Digest, fmt.Sprintf("release %d of %s is in progress", r.Number, e.Name))
			_, previous, _ := strings.Cut(r.Previous, "@")
			add(previous, fmt.Sprintf("release %d of %s may return to it", r.Number, e.Name))
		case r.Outcome == ledger.Released && !proved[r.Digest]:
			proved[r.Digest] = true
			add(r.Digest, fmt.Sprintf("release %d of %s", r.Number, e.Name))
		}
		return len(proved) < max(e.Keep, 1)
	})
}

// Unneeded are the images that go.
func Unneeded(all []Image) []Image {
	return slices.DeleteFunc(slices.Clone(all), func(i Image) bool { return i.Kept != "" })
}

// Delete deletes images with all of their tags.
func Delete(ctx context.Context, from Registry, repository string, all []Image) error {
	var digests []string
	for _, i := range all {
		digests = append(digests, i.Digest)
	}
	return from.DeleteImages(ctx, repository, digests)
}
