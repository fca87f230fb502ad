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
type preflight struct{}

func (preflight) Name() string { return "preflight" }

func (preflight) Run(ctx context.Context, r *run) (ended, error) {
	ctx, cancel := r.bounded(ctx)
	defer cancel()
	who, err := r.survey(ctx)
	if err != nil {
		return ended{}, err
	}
	if err := r.chooseImage(ctx); err != nil {
		return ended{}, err
	}
	if err := r.choosePrevious(ctx); err != nil {
		return ended{}, err
	}
	if r.image.Digest == "" {
		err := r.Docker.Ping(ctx)
		var typed *fault.Error
		if errors.As(err, &typed) { // it knows better what to do
			return ended{}, err
		}
		if err != nil {
			return ended{}, r.unready("no Docker engine answers, and the image must be built",
				"start Docker, or release an image that exists", err)
		}
	}
	return done(fmt.Sprintf("account %s, %s", who.Account, r.previousText()))
}

// survey asks for identity and outputs side by side: each takes a good part of a second.
func (r *run) survey(ctx context.Context) (who cloud.Identity, err error) {
	var delivery, own map[string]any
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) { who, err = r.Cloud.Identity(ctx); return err })
	g.Go(func() (err error) { delivery, err = outputsOf(ctx, r.Delivery); return err })
	g.Go(func() (err error) { own, err = outputsOf(ctx, r.Stack); return err })
	if err := g.Wait(); err != nil {
		return who, err
	}
	r.site.who, r.site.registry, r.site.before = who, registryOf(delivery), environmentOf(own)
	r.site.ledger = ledger.Ledger{Bucket: r.site.registry.Bucket, Environment: r.Environment, Objects: r.Objects, Now: r.Clock.Now}
	switch {
	case r.site.registry.URL == "" || r.site.registry.Name == "":
		return who, r.unready("the stack delivery has no image repository yet", "slipway up delivery", nil)
	case r.site.registry.Bucket == "":
		return who, r.unready("the stack delivery has no bucket for the record of releases yet", "slipway up delivery", nil)
	case r.site.before.Cluster == "" || r.site.before.Service == "":
		return who, r.unready("the environment does not stand yet", "slipway up "+r.Environment, nil)
	}
	return who, r.elsewhere(who)
}

// outputsOf takes a stack that does not exist for one without outputs.
func outputsOf(ctx context.Context, from Outputs) (map[string]any, error) {
	outputs, err := from.Outputs(ctx)
	if errors.Is(err, engine.ErrNotFound) {
		return nil, nil
	}
	return outputs, err
}

// chooseImage takes the image that was given or that exists for the source; it
// leaves none when one must be built.
func (r *run) chooseImage(ctx context.Context) error {
	if r.Image == "" {
		return r.findImage(ctx)
	}
	image, err := ParseImage(r.Image, r.Commit.Hash)
	if err != nil {
		return err
	}
	_, there, err := r.Cloud.Image(ctx, r.site.registry.Name, image.Digest)
	if err == nil && !there {
		err = r.unready("image "+shortDigest(image.Digest)+" is no longer in the registry", "slipway deploy "+r.Environment, nil)
	}
	if err == nil {
		r.image = image
	}
	return err
}

// choosePrevious takes the newest image that the environment was proved to run and that is not this release's. Without a
// ledger it is what the stack has.
func (r *run) choosePrevious(ctx context.Context) error {
	var err error
	if r.past, err = recall(ctx, r.site.ledger, r.image); err != nil {
		return err
	}
	previous := r.past.previous
	if before := r.site.before; r.past.last.Number == 0 && before.Image != "" {
		stacks, err := ParseImage(before.Image, before.Commit)
		if err != nil {
			return fmt.Errorf("read the image of the environment: %w", err)
		}
		if stacks != r.image {
			previous = stacks
		}
	}
	if r.site.previous = previous; previous.Digest == "" {
		return nil
	}
	_, r.site.previousThere, err = r.Cloud.Image(ctx, r.site.registry.Name, previous.Digest)
	if err != nil {
		return err
	}
	if !r.site.previousThere {
		r.warn("the previous image %s (%s) is no longer in the registry: it cannot be put back if this release does not work",
			short(previous.Commit), shortDigest(previous.Digest))
	}
	return nil
}

func (r *run) previousText() string {
	switch {
	case r.past.live.Number > 0:
		return "the environment has this release already"
	case r.site.previous.Digest == "":
		return "no previous release"
	}
	return "previous release " + short(r.site.previous.Commit)
}

func (r *run) unready(cause, next string, err error) error {
	return &fault.Error{Op: r.doing(), Cause: cause, Next: next, Code: fault.NotReady, Err: err}
}
