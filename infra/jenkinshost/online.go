package jenkinshost

import (
	"fmt"
	"slices"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// onlinePause lies between two questions, and onlineWait is the time for all of them: an agent without a network tries
// again after five minutes.
const (
	onlinePause = 5 * time.Second
	onlineWait  = 10 * time.Minute
)

// online passes the id of an instance on once its agent is connected to Systems Manager. An association that is made
// before may be called a success without having run on anything (hashicorp/terraform-provider-aws#31175). A preview
// asks nothing.
func online(ctx *pulumi.Context, clock clockwork.Clock, id pulumi.IDOutput) pulumi.StringOutput {
	return id.ApplyT(func(id string) (string, error) {
		if ctx.DryRun() {
			return id, nil
		}
		return id, awaitOnline(clock, id, func() (bool, error) { return isOnline(ctx, id) })
	}).(pulumi.StringOutput)
}

// isOnline asks by the provider, which has the credentials: ssm:DescribeInstanceInformation.
func isOnline(ctx *pulumi.Context, id string) (bool, error) {
	found, err := ssm.GetInstances(ctx, &ssm.GetInstancesArgs{Filters: []ssm.GetInstancesFilter{
		{Name: "InstanceIds", Values: []string{id}}, {Name: "PingStatus", Values: []string{"Online"}},
	}})
	if err != nil {
		return false, fmt.Errorf("asking Systems Manager for the Jenkins host %s: %w", id, err)
	}
	return slices.Contains(found.Ids, id), nil
}

func awaitOnline(clock clockwork.Clock, id string, ask func() (bool, error)) error {
	for deadline := clock.Now().Add(onlineWait); ; clock.Sleep(onlinePause) {
		found, err := ask()
		if found || err != nil {
			return err
		}
		if !clock.Now().Before(deadline) {
			return fmt.Errorf("the Jenkins host %s is not connected to Systems Manager after %s: it needs a way to the internet on port 443 (readiness/%s in the artifact bucket says how far its boot is)",
				id, onlineWait, id)
		}
	}
}
