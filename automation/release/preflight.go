package release

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"slipway/automation/cloud"
	"slipway/automation/engine"
	"slipway/automation/fault"
	"slipway/automation/release/ledger"
)

// Pinger tells whether a Docker engine answers.
type Pinger interface {
	Ping(ctx context.Context) error
}

type identities interface {
	Identity(ctx context.Context) (cloud.Identity, error)
}

// Images finds an image in a repository by its digest or tag.
type Images interface {
	Image(ctx context.Context, repository, ref string) (cloud.Image, bool, error)
}

// imageStore is the part of ECR that a release needs.
type imageStore interface {
	Images
	Labels(ctx context.Context, repository, digest string) (map[string]string, error)
	Tag(ctx context.Context, repository, digest, tag string) error
}

// preflight finds out where the release goes and what it would put back, and
// refuses what cannot work.
func (p pass) preflight(ctx context.Context) (Site, ended, error) {
	ctx, cancel := p.bounded(ctx)
	defer cancel()
	site, err := p.survey(ctx)
	if err != nil {
		return site, ended{}, err
	}
	if site.Image, site.Untagged, err = p.chooseImage(ctx, site); err != nil {
		return site, ended{}, err
	}
	if site, err = p.choosePrevious(ctx, site); err != nil {
		return site, ended{}, err
	}
	if site.Image.Digest == "" {
		err = p.canBuild(ctx)
	}
	return site, done(fmt.Sprintf("account %s, %s", site.Who.Account, site.previousText())), err
}

func (p pass) canBuild(ctx context.Context) error {
	err := p.Docker.Ping(ctx)
	var typed *fault.Error
	if err == nil || errors.As(err, &typed) { // it knows better what to do
		return err
	}
	return p.unready("no Docker engine answers, and the image must be built", "start Docker, or release an image that exists", err)
}

// survey asks for identity and outputs side by side: each takes a good part of a second.
func (p pass) survey(ctx context.Context) (Site, error) {
	var site Site
	var delivery, own map[string]any
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) { site.Who, err = p.Cloud.Identity(ctx); return err })
	g.Go(func() (err error) { delivery, err = outputsOf(ctx, p.Delivery); return err })
	g.Go(func() (err error) { own, err = outputsOf(ctx, p.Stack); return err })
	if err := g.Wait(); err != nil {
		return site, err
	}
	site.Registry, site.Before = registryOf(delivery), environmentOf(own)
	site.Ledger = ledger.Ledger{Bucket: site.Registry.Bucket, Environment: p.Environment, Objects: p.Objects, Now: p.Clock.Now}
	switch {
	case site.Registry.URL == "" || site.Registry.Name == "":
		return site, p.unready("the stack delivery has no image repository yet", "slipway up delivery", nil)
	case site.Registry.Bucket == "":
		return site, p.unready("the stack delivery has no bucket for the record of releases yet", "slipway up delivery", nil)
	case site.Before.Cluster == "" || site.Before.Service == "":
		return site, p.unready("the environment does not stand yet", "slipway up "+p.Environment, nil)
	}
	return site, p.elsewhere(site)
}

// outputsOf takes a stack that does not exist for one without outputs.
func outputsOf(ctx context.Context, from Outputs) (map[string]any, error) {
	outputs, err := from.Outputs(ctx)
	if errors.Is(err, engine.ErrNotFound) {
		return nil, nil
	}
	return outputs, err
}

// chooseImage takes the image that was given or that exists for the source, and whether it lacks the commit's tag. It
// answers none when one must be built.
func (p pass) chooseImage(ctx context.Context, site Site) (image Image, untagged bool, err error) {
	if p.Image == "" {
		return p.findImage(ctx, site.Registry)
	}
	if image, err = ParseImage(p.Image, p.Commit.Hash); err != nil {
		return Image{}, false, err
	}
	_, there, err := p.Cloud.Image(ctx, site.Registry.Name, image.Digest)
	if err == nil && !there {
		err = p.unready("image "+shortDigest(image.Digest)+" is no longer in the registry", "slipway deploy "+p.Environment, nil)
	}
	return image, false, err
}

// choosePrevious takes the newest image that the environment was proved to run and that is not this release's. Without a
// ledger it is what the stack has.
func (p pass) choosePrevious(ctx context.Context, site Site) (Site, error) {
	var err error
	if site.Past, err = recall(ctx, site.Ledger, site.Image); err != nil {
		return site, err
	}
	site.Previous = site.Past.Previous
	if before := site.Before; site.Past.Last.Number == 0 && before.Image != "" {
		stacks, err := ParseImage(before.Image, before.Commit)
		if err != nil {
			return site, fmt.Errorf("read the image of the environment: %w", err)
		}
		if stacks != site.Image {
			site.Previous = stacks
		}
	}
	if site.Previous.Digest == "" {
		return site, nil
	}
	_, site.PreviousThere, err = p.Cloud.Image(ctx, site.Registry.Name, site.Previous.Digest)
	if err == nil && !site.PreviousThere {
		p.warn("the previous image %s (%s) is no longer in the registry: it cannot be put back if this release does not work",
			short(site.Previous.Commit), shortDigest(site.Previous.Digest))
	}
	return site, err
}

func (s Site) previousText() string {
	switch {
	case s.Past.Live.Number > 0:
		return "the environment has this release already"
	case s.Previous.Digest == "":
		return "no previous release"
	}
	return "previous release " + short(s.Previous.Commit)
}

func (p pass) unready(cause, next string, err error) error {
	return &fault.Error{Op: p.doing(), Cause: cause, Next: next, Code: fault.NotReady, Err: err}
}
