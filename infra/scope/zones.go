package scope

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
)

// Zones says which availability zones a stack wants.
type Zones struct {
	// Count is how many.
	Count int
	// Given are those that the configuration names, in its order; empty to choose.
	Given []string
	// Last are those of the stack's last update, in their order. They stay: a subnet and a disk are in one zone for good.
	Last []string
	// InstanceType has to be offered in each zone, and Key is where it is configured; both are empty when none is used.
	InstanceType, Key string
}

// choose asks AWS only when the zones of the last update are too few or others are named: what AWS takes out of service,
// or opens, changes nothing of a stack that is there.
func (z Zones) choose(ctx *pulumi.Context, region string) ([]string, error) {
	if len(z.Given) > 0 {
		return z.given(ctx, region)
	}
	if len(z.Last) >= z.Count {
		return z.Last[:z.Count], nil
	}
	available, err := zonesOf(ctx, "available")
	if err != nil {
		return nil, err
	}
	if available, err = z.offering(ctx, region, available); err != nil {
		return nil, err
	}
	fresh := slices.DeleteFunc(slices.Clone(available), func(zone string) bool { return slices.Contains(z.Last, zone) })
	all := append(slices.Clone(z.Last), fresh...)
	if len(all) < z.Count {
		return nil, z.tooFew(region, all)
	}
	return all[:z.Count], nil
}

// given takes a named zone in any state: who names it, means it.
func (z Zones) given(ctx *pulumi.Context, region string) ([]string, error) {
	if slices.Equal(z.Given, z.Last) {
		return z.Given, nil
	}
	all, err := zonesOf(ctx, "")
	if err != nil {
		return nil, err
	}
	for _, zone := range z.Given {
		if !slices.Contains(all, zone) {
			return nil, problem("zoneNames", strings.Join(z.Given, ","), "zones of "+region+": "+strings.Join(all, ", "))
		}
	}
	return z.Given, nil
}

// offering leaves out zones in which no instance of the type can be started: in us-east-1, for one, an account has a zone
// without most types, and its letter differs from account to account.
func (z Zones) offering(ctx *pulumi.Context, region string, zones []string) ([]string, error) {
	if z.InstanceType == "" {
		return zones, nil
	}
	found, err := ec2.GetInstanceTypeOfferings(ctx, &ec2.GetInstanceTypeOfferingsArgs{
		LocationType: pulumi.StringRef("availability-zone"),
		Filters:      []ec2.GetInstanceTypeOfferingsFilter{{Name: "instance-type", Values: []string{z.InstanceType}}},
	})
	if err != nil {
		return nil, fmt.Errorf("asking for the zones that offer %s (slipway:zoneNames chooses without asking): %w", z.InstanceType, err)
	}
	offered := slices.DeleteFunc(slices.Clone(zones), func(zone string) bool { return !slices.Contains(found.Locations, zone) })
	if len(offered) == 0 {
		return nil, problem(z.Key, z.InstanceType, "an instance type that "+region+" offers: `aws ec2 describe-instance-type-offerings --region "+region+"` lists them")
	}
	return offered, nil
}

func (z Zones) tooFew(region string, zones []string) error {
	what := "availability zone(s)"
	if z.InstanceType != "" {
		what += " that offer " + z.InstanceType
	}
	return problem("zones", strconv.Itoa(z.Count), fmt.Sprintf("at most %d: %s has %d %s: %s", len(zones), region, len(zones), what, strings.Join(zones, ", ")))
}

// zonesOf leaves out local zones, which an account has to opt in to and which offer few services.
func zonesOf(ctx *pulumi.Context, state string) ([]string, error) {
	args := &aws.GetAvailabilityZonesArgs{
		Filters: []aws.GetAvailabilityZonesFilter{{Name: "opt-in-status", Values: []string{"opt-in-not-required"}}},
	}
	if state != "" {
		args.State = pulumi.StringRef(state)
	}
	found, err := aws.GetAvailabilityZones(ctx, args)
	if err != nil {
		return nil, fmt.Errorf("asking for availability zones: %w", err)
	}
	return slices.Sorted(slices.Values(found.Names)), nil
}

func problem(key, value, allowed string) error {
	return &config.Error{Problems: []config.Problem{{Key: key, Value: value, Allowed: allowed}}}
}
