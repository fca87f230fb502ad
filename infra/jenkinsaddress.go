package infra

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// address outlives the host, so that its URL stays the same when the host is replaced.
func (j *Jenkins) address(ctx *pulumi.Context) (*ec2.Eip, error) {
	return ec2.NewEip(ctx, j.names.name("jenkins"), &ec2.EipArgs{
		Domain: pulumi.String("vpc"), Tags: j.names.tags("jenkins"),
	}, j.child, pulumi.DependsOn(j.Network.Ready))
}

// associate gives the host its address, which it gets no other of: until then its boot waits for the internet.
func (j *Jenkins) associate(ctx *pulumi.Context, address *ec2.Eip) (pulumi.Resource, error) {
	return ec2.NewEipAssociation(ctx, j.names.name("jenkins"), &ec2.EipAssociationArgs{
		AllocationId: address.ID(), InstanceId: j.Instance.ID(),
	}, j.child, pulumi.DeleteBeforeReplace(true))
}
