package release

import (
	"context"

	"slipway/automation/release/ledger"
)

// Gate is asked whether a release goes on: Options.Before once it is known what the update changes and before anything
// does, Options.After once the release is proved and before it is recorded. Each one is a step of its own in the result.
//
// Its verdict is recorded in the ledger in either case. An error refuses the release, in the form that a person acts
// on: a *fault.Error keeps its exit code where nothing changed yet; after the update, the previous release is returned
// to. ctx ends with the release's deadline.
type Gate struct {
	Name string // as steps and ledger have it: scan, before, smoke
	Ask  func(ctx context.Context, at Crossing) (Verdict, error)
}

// Crossing is what is known of a release where a gate stands.
type Crossing struct {
	Environment string
	Kind        ledger.Kind
	From        string // the environment that a promotion takes the image from
	Site        Site
	Image       Image
	Plan        Plan
	Change      Change // After only
	Proof       Proof  // After only
}

// Verdict is what a gate says beside yes (no error) or no. One of a release that it has nothing to do with is Skipped.
type Verdict struct {
	Skipped  bool
	Accepted bool   // a person let through what the gate would refuse
	Who      string // that person, or whose rule it is
	Why      string // one line
}

// cross asks gates one after the other, until one refuses.
func (p pass) cross(ctx context.Context, gates []Gate, t trail) error {
	at := Crossing{
		Environment: p.Environment, Kind: p.kind(), From: p.From, Site: t.site, Image: t.image, Plan: t.plan, Change: t.change, Proof: t.proof,
	}
	for _, g := range gates {
		_, err := do(ctx, p, g.Name, func(ctx context.Context) (Verdict, ended, error) { return p.ask(ctx, g, at) })
		if err != nil {
			return err
		}
	}
	return nil
}

// ask asks one gate and keeps its verdict for the ledger.
func (p pass) ask(ctx context.Context, g Gate, at Crossing) (Verdict, ended, error) {
	if err := p.begin(ctx, at.Site, at.Image); err != nil {
		return Verdict{}, ended{}, err
	}
	ctx, cancel := p.bounded(ctx)
	defer cancel()
	v, err := g.Ask(ctx, at)
	p.log.gates = append(p.log.gates, v.entry(g.Name, err))
	if v.Skipped {
		return v, skipped(v.Why), err
	}
	return v, done(v.Why), err
}

func (v Verdict) entry(name string, err error) ledger.Gate {
	e := ledger.Gate{Name: name, Verdict: ledger.Passed, Who: v.Who, Why: cut(v.Why)}
	switch {
	case err != nil:
		e.Verdict = ledger.Refused
		if e.Why == "" {
			e.Why = cut(err.Error())
		}
	case v.Skipped:
		e.Verdict = ledger.Skipped
	case v.Accepted:
		e.Verdict = ledger.Accepted
	}
	return e
}
