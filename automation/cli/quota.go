package cli

import (
	"context"
	"fmt"

	"slipway/automation/cloud"
	"slipway/automation/engine"
	"slipway/automation/fault"
	"slipway/automation/ui"
)

// counter tells how much of an account's quota is used.
type counter interface {
	Quota(ctx context.Context, typ string) (q cloud.Quota, known bool, err error)
}

// roomFor refuses an update that makes more of something than the account may have: AWS would refuse it too, after
// half of the stack was made. What cannot be counted is no reason to stop.
func (d *Deployer) roomFor(ctx context.Context, at counter, stack string, plan engine.Changes) error {
	makes, order := map[string]int{}, []string{}
	for _, c := range plan {
		if c.Op == "create" {
			if makes[c.Type]++; makes[c.Type] == 1 {
				order = append(order, c.Type)
			}
		}
	}
	for _, typ := range order {
		q, known, err := at.Quota(ctx, typ)
		switch {
		case !known:
		case err != nil && cloud.Denied(err):
			d.Sink.Event(ui.Warning{Text: "the quota " + q.Name + " was not checked: " + ui.FirstLine(err.Error())})
		case err != nil:
			if d.Verbose {
				d.Sink.Event(ui.Note{Text: "the quota " + q.Name + " cannot be checked here: " + ui.FirstLine(err.Error())})
			}
		case q.Used+makes[typ] > q.Limit:
			return full(stack, q, makes[typ])
		}
	}
	return nil
}

func full(stack string, q cloud.Quota, more int) error {
	return &fault.Error{
		Op: "changing stack " + stack, Code: fault.NotReady,
		Cause: fmt.Sprintf("it needs %d more of %q, and the account has %d of %d in use; nothing was changed", more, q.Name, q.Used, q.Limit),
		Next: fmt.Sprintf("delete what nobody needs, or ask for more: aws service-quotas request-service-quota-increase "+
			"--service-code %s --quota-code %s --desired-value %d", q.Service, q.Code, q.Used+more),
	}
}
