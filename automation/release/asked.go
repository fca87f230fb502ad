package release

import (
	"context"
	"fmt"

	"slipway/automation/release/gate"
)

// AsGate has a gate asked that knows nothing of the steps of a release.
func AsGate(name string, ask gate.Ask) Gate {
	return Gate{Name: name, Ask: func(ctx context.Context, at Crossing) (Verdict, error) {
		v, err := ask(ctx, at.asked())
		return Verdict(v), err
	}}
}

// asked is what such a gate is asked about.
func (at Crossing) asked() gate.Release {
	return gate.Release{
		Op: fmt.Sprintf("release %s to %s", short(at.Image.Commit), at.Environment), Environment: at.Environment, Commit: at.Image.Commit,
		Repository: at.Site.Registry.Name, Image: at.Image.Ref(), Digest: at.Image.Digest, AppURL: at.Site.Before.AppURL, Who: at.Site.Who.ARN,
	}
}
