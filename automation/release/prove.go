package release

import (
	"context"

	"slipway/automation/fault"
)

// Prove looks once at what an environment runs, reaches and answers, and compares it with a commit and the digest
// that should be there. It changes nothing.
func Prove(ctx context.Context, o Options, digest string) (Proof, error) {
	outputs, err := o.Stack.Outputs(ctx)
	if err != nil {
		return Proof{}, err
	}
	at := environmentOf(outputs)
	if at.Cluster == "" || at.Service == "" {
		return Proof{}, &fault.Error{
			Op: "looking at " + o.Environment, Cause: "it does not stand yet", Next: "slipway up " + o.Environment, Code: fault.NotReady,
		}
	}
	if o, err = o.complete(); err != nil {
		return Proof{}, err
	}
	proof, _, err := newPass(o).look(ctx, Site{Before: at}, Image{Digest: digest, Commit: o.Commit.Hash})
	return proof, err
}
