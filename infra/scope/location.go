package scope

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
)

// Location is where a stack stands on AWS.
type Location struct {
	// Partition is aws, aws-cn or aws-us-gov: the second part of every ARN.
	Partition string
	// Region and Account are AWS's names: us-east-1, 123456789012.
	Region, Account string
	// Zones are the names of the availability zones in use.
	Zones []string
}

// Locate asks AWS for the region, the account and as many zones as wanted.
func Locate(ctx *pulumi.Context, zones int) (Location, error) {
	region, err := aws.GetRegion(ctx, nil)
	if err != nil {
		return Location{}, fmt.Errorf("asking for the region: %w", err)
	}
	caller, err := aws.GetCallerIdentity(ctx, nil)
	if err != nil {
		return Location{}, fmt.Errorf("asking for the account: %w", err)
	}
	available, err := availableZones(ctx)
	if err != nil {
		return Location{}, err
	}
	if len(available) < zones {
		return Location{}, fmt.Errorf("%s:zones = %d: %s has %d availability zone(s): %s",
			config.Namespace, zones, region.Name, len(available), strings.Join(available, ", "))
	}
	return Location{PartitionOf(region.Name), region.Name, caller.AccountId, available[:zones]}, nil
}

// availableZones leaves out local zones, which an account has to opt in to and which offer few services.
func availableZones(ctx *pulumi.Context) ([]string, error) {
	found, err := aws.GetAvailabilityZones(ctx, &aws.GetAvailabilityZonesArgs{
		State:   pulumi.StringRef("available"),
		Filters: []aws.GetAvailabilityZonesFilter{{Name: "opt-in-status", Values: []string{"opt-in-not-required"}}},
	})
	if err != nil {
		return nil, fmt.Errorf("asking for availability zones: %w", err)
	}
	return slices.Sorted(slices.Values(found.Names)), nil
}

// PartitionOf is the partition of a region.
func PartitionOf(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}
