package cli

import (
	"context"
	"time"

	"slipway/automation/engine"
	"slipway/automation/fault"
	"slipway/automation/release/ledger"
	"slipway/infra/outputs"
)

// ledger opens the record of an environment's releases, which is in the bucket of its delivery stack.
func (d *Deployer) ledger(ctx context.Context, environment string) (ledger.Ledger, error) {
	config, err := d.environment(environment)
	if err != nil {
		return ledger.Ledger{}, err
	}
	name, err := d.deliveryOf(environment, config.DeliveryStack)
	if err != nil {
		return ledger.Ledger{}, err
	}
	s, err := engine.Open(ctx, engine.Options{Project: d.Project, Name: name, Sink: d.Sink, Timeout: d.Timeout, Existing: true, Hide: d.Hide})
	if err != nil {
		return ledger.Ledger{}, err
	}
	defer s.Close()
	known, err := s.Outputs(ctx)
	if err != nil {
		return ledger.Ledger{}, err
	}
	bucket, _ := known[outputs.ArtifactBucket].(string)
	if bucket == "" {
		return ledger.Ledger{}, &fault.Error{
			Op: "reading the releases of " + environment, Cause: "the stack " + name + " has no bucket for them yet",
			Next: "slipway up " + name, Code: fault.NotReady,
		}
	}
	objects, err := d.objects(ctx, name)
	if err != nil {
		return ledger.Ledger{}, err
	}
	return d.book(objects, bucket, environment), nil
}

func (d *Deployer) book(objects ledger.Objects, bucket, environment string) ledger.Ledger {
	return ledger.Ledger{Bucket: bucket, Environment: environment, Objects: objects, Now: time.Now}
}
