package environment

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/scope"
)

// record points slipway:domainName at the load balancer, when a hosted zone is given.
func record(in scope.Scope, balancer *lb.LoadBalancer) error {
	if in.Config.HostedZone == "" {
		return nil
	}
	_, err := route53.NewRecord(in.Ctx, in.Name("dns"), &route53.RecordArgs{
		ZoneId: pulumi.String(in.Config.HostedZone), Name: pulumi.String(in.Config.DomainName), Type: pulumi.String("A"),
		Aliases: route53.RecordAliasArray{&route53.RecordAliasArgs{
			Name: balancer.DnsName, ZoneId: balancer.ZoneId, EvaluateTargetHealth: pulumi.Bool(true),
		}},
	}, in.Child)
	return err
}
