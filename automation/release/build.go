package release

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"slipway/automation/engine"
	"slipway/automation/fault"
)

// Builder builds and pushes the image of the release's source and answers its
// digest (sha256:…). An error holds the build's own last lines.
type Builder interface {
	Build(ctx context.Context, to Target) (digest string, err error)
}

// Target is where a built image goes.
type Target struct {
	RepositoryURL string
	Tag           string
}

// build makes the image, unless the registry has one of the same source already: that one gets the commit as a tag too.
type build struct{}

func (build) Name() string { return "build" }

func (build) Run(ctx context.Context, r *run) (ended, error) {
	if r.image.Digest != "" && !r.untagged {
		return skipped("the registry has " + short(r.image.Commit) + " as " + shortDigest(r.image.Digest))
	}
	ctx, cancel := r.bounded(ctx)
	defer cancel()
	if err := r.begin(ctx); err != nil {
		return ended{}, err
	}
	if r.image.Digest == "" {
		return r.buildImage(ctx)
	}
	if err := r.Cloud.Tag(ctx, r.site.registry.Name, r.image.Digest, r.Commit.Hash); err != nil {
		return ended{}, err
	}
	return skipped("the registry has the same source as " + shortDigest(r.image.Digest) + ": " + short(r.image.Commit) + " is a tag of it now")
}

// buildImage builds under the tag of the source, and adds that of the commit: a release that ends between the two finds
// the image by its source.
func (r *run) buildImage(ctx context.Context) (ended, error) {
	to := Target{RepositoryURL: r.site.registry.URL, Tag: r.Source.Tag()}
	digest, err := r.Images.Build(ctx, to)
	if err != nil {
		return ended{}, r.unbuilt(ctx, err)
	}
	stored, there, err := r.Cloud.Image(ctx, r.site.registry.Name, to.Tag)
	if err != nil {
		return ended{}, err
	}
	if !there || stored.Digest != digest {
		return ended{}, r.mismatch(digest, stored.Digest)
	}
	if err := r.Cloud.Tag(ctx, r.site.registry.Name, digest, r.Commit.Hash); err != nil {
		return ended{}, err
	}
	r.image = Image{to.RepositoryURL, digest, r.Commit.Hash}
	return done(fmt.Sprintf("%s, %s", shortDigest(digest), megabytes(stored.Bytes)))
}

// buildLines is how much of a build's talk stands in the error: its end says why.
const buildLines = 20

func (r *run) unbuilt(ctx context.Context, err error) error {
	if locked := r.locked(err); locked != err || ctx.Err() != nil {
		return locked
	}
	lines, cause := said(err), "the image does not build; the environment was not touched"
	if r.Explain != nil {
		if why := r.Explain(lines); why != "" {
			cause += "\n" + why
		}
	}
	return &fault.Error{
		Op: r.doing(), Cause: cause,
		Evidence: lines[max(0, len(lines)-buildLines):],
		Next:     r.Source.Again(), Code: fault.BuildFailed, Err: err,
	}
}

// said are the lines that a build ended with.
func said(err error) []string {
	var failed *engine.Failed
	text := err.Error()
	if errors.As(err, &failed) && len(failed.Diagnostics) > 0 {
		text = strings.Join(failed.Diagnostics, "\n")
	}
	return strings.Split(strings.TrimSpace(text), "\n")
}

func (r *run) mismatch(built, stored string) error {
	cause := fmt.Sprintf("the build made %s, but the registry has %s under this source", shortDigest(built), shortDigest(stored))
	if stored == "" {
		cause = fmt.Sprintf("the build made %s, but the registry has nothing under this source", shortDigest(built))
	}
	return &fault.Error{Op: r.doing(), Cause: cause, Next: "run the same command again: what the registry has is taken", Code: fault.BuildFailed}
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
