package scope

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Location is where a stack is on AWS.
type Location struct {
	// Partition is AWS's name for a group of regions, such as aws, aws-cn or aws-us-gov: the second part of every ARN.
	Partition string
	// DNSSuffix ends the host names of the partition's services, such as amazonaws.com.
	DNSSuffix string
	// Region and Account are AWS's names: us-east-1, 123456789012.
	Region, Account string
	// Zones are the names of the availability zones in use.
	Zones []string
}

// Locate asks AWS for partition, region and account, and chooses the zones.
func Locate(ctx *pulumi.Context, want Zones) (Location, error) {
	partition, err := aws.GetPartition(ctx, nil)
	if err != nil {
		return Location{}, fmt.Errorf("asking for the partition: %w", err)
	}
	region, err := aws.GetRegion(ctx, nil)
	if err != nil {
		return Location{}, fmt.Errorf("asking for the region: %w", err)
	}
	caller, err := aws.GetCallerIdentity(ctx, nil)
	if err != nil {
		return Location{}, fmt.Errorf("asking for the account: %w", err)
	}
	zones, err := want.choose(ctx, region.Name)
	if err != nil {
		return Location{}, err
	}
	return Location{
		Partition: partition.Partition, DNSSuffix: partition.DnsSuffix, Region: region.Name, Account: caller.AccountId, Zones: zones,
	}, nil
}
