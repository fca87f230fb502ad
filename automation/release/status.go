package release

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"slipway/automation/cloud"
	"slipway/automation/release/ecs"
	"slipway/automation/release/ledger"
)

// Status is what an environment is meant to run and what it does run.
type Status struct {
	Environment string             `json:"environment"`
	AppURL      string             `json:"appUrl,omitempty"`
	Image       string             `json:"image,omitempty"` // the stack's
	Digest      string             `json:"digest,omitempty"`
	Commit      string             `json:"commit,omitempty"`
	Release     *Release           `json:"release,omitempty"` // the one that proved it; missing when none did
	Desired     int                `json:"desired"`
	Running     []Running          `json:"running"`
	Healthy     int                `json:"healthy"`
	Deployments []cloud.Deployment `json:"deployments"`
	Targets     []cloud.Target     `json:"targets"`
	// AsMeant is whether every task runs the stack's image, as many as wanted.
	AsMeant bool `json:"asMeant"`
}

// Standing is what a status asks of AWS.
type Standing = ecs.Cloud

// Current answers the status of an environment. One that does not stand is an error.
func Current(ctx context.Context, environment string, from Outputs, book ledger.Ledger, at Standing) (Status, error) {
	outputs, err := from.Outputs(ctx)
	if err != nil {
		return Status{}, err
	}
	out := environmentOf(outputs)
	s := Status{Environment: environment, AppURL: out.AppURL, Image: out.Image, Commit: out.Commit}
	if out.Cluster == "" || out.Service == "" {
		return s, fmt.Errorf("%s does not stand yet: run slipway up %s", environment, environment)
	}
	if image, err := ParseImage(out.Image, out.Commit); err == nil {
		s.Digest = image.Digest
	}
	if err := s.fill(ctx, out, book, at); err != nil {
		return s, err
	}
	s.AsMeant = len(s.Running) == s.Desired && s.Digest != ""
	for _, t := range s.Running {
		s.AsMeant = s.AsMeant && t.Digest == s.Digest
	}
	return s, nil
}

// fill asks for everything side by side.
func (s *Status) fill(ctx context.Context, out Environment, book ledger.Ledger, at Standing) error {
	var now ecs.Snapshot
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) { now, err = ecs.Look(ctx, at, out.place(), false); return err })
	g.Go(func() error { return s.findRelease(ctx, book, out) })
	if err := g.Wait(); err != nil {
		return err
	}
	s.Desired, s.Deployments, s.Targets, s.Healthy = now.Service.Desired, now.Service.Deployments, now.Targets, now.Healthy(now.Tasks)
	for _, t := range now.Tasks {
		s.Running = append(s.Running, Running{Task: t.ID(), Digest: digestOf(t)})
	}
	return nil
}

// findRelease takes the newest release that was proved, when it is of the stack's image.
func (s *Status) findRelease(ctx context.Context, book ledger.Ledger, at Environment) error {
	return book.Scan(ctx, lookBack, func(e ledger.Entry) bool {
		if e.Outcome != ledger.Released {
			return true
		}
		if e.Image == at.Image && e.Commit == at.Commit {
			s.Release = &e
		}
		return false
	})
}
