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
func (p pass) build(ctx context.Context, site Site) (Image, ended, error) {
	found := site.Image
	if found.Digest != "" && !site.Untagged {
		return found, skipped("the registry has " + short(found.Commit) + " as " + shortDigest(found.Digest)), nil
	}
	ctx, cancel := p.bounded(ctx)
	defer cancel()
	if err := p.begin(ctx, site, found); err != nil {
		return found, ended{}, err
	}
	if found.Digest == "" {
		return p.buildImage(ctx, site.Registry)
	}
	err := p.Cloud.Tag(ctx, site.Registry.Name, found.Digest, p.Commit.Hash)
	return found, skipped("the registry has the same source as " + shortDigest(found.Digest) + ": " + short(found.Commit) + " is a tag of it now"), err
}

// buildImage builds under the tag of the source, and adds that of the commit: a release that ends between the two finds
// the image by its source.
func (p pass) buildImage(ctx context.Context, in Registry) (Image, ended, error) {
	to := Target{RepositoryURL: in.URL, Tag: p.Source.Tag()}
	digest, err := p.Images.Build(ctx, to)
	if err != nil {
		return Image{}, ended{}, p.unbuilt(ctx, err)
	}
	stored, there, err := p.Cloud.Image(ctx, in.Name, to.Tag)
	if err != nil {
		return Image{}, ended{}, err
	}
	if !there || stored.Digest != digest {
		return Image{}, ended{}, p.mismatch(digest, stored.Digest)
	}
	err = p.Cloud.Tag(ctx, in.Name, digest, p.Commit.Hash)
	return Image{to.RepositoryURL, digest, p.Commit.Hash}, done(fmt.Sprintf("%s, %s", shortDigest(digest), megabytes(stored.Bytes))), err
}

// buildLines is how much of a build's talk stands in the error: its end says why.
const buildLines = 20

func (p pass) unbuilt(ctx context.Context, err error) error {
	if locked := p.locked(err); locked != err || ctx.Err() != nil {
		return locked
	}
	lines, cause := said(err), "the image does not build; the environment was not touched"
	if p.Explain != nil {
		if why := p.Explain(lines); why != "" {
			cause += "\n" + why
		}
	}
	return &fault.Error{
		Op: p.doing(), Cause: cause,
		Evidence: lines[max(0, len(lines)-buildLines):],
		Next:     p.Source.Again(), Code: fault.BuildFailed, Err: err,
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

func (p pass) mismatch(built, stored string) error {
	cause := fmt.Sprintf("the build made %s, but the registry has %s under this source", shortDigest(built), shortDigest(stored))
	if stored == "" {
		cause = fmt.Sprintf("the build made %s, but the registry has nothing under this source", shortDigest(built))
	}
	return &fault.Error{Op: p.doing(), Cause: cause, Next: "run the same command again: what the registry has is taken", Code: fault.BuildFailed}
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
