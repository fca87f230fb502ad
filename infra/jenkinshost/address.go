package jenkinshost

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// address outlives the host, so that its URL stays the same when the host is replaced.
func (h *Host) address() (*ec2.Eip, error) {
	return ec2.NewEip(h.in.Ctx, h.in.Name("jenkins"), &ec2.EipArgs{
		Domain: pulumi.String("vpc"), Tags: h.in.Tags("jenkins"),
	}, h.in.Child, pulumi.DependsOn(h.Network.Ready))
}

// associate gives the host its address, which it gets no other of: until then its boot waits for the internet.
func (h *Host) associate(address *ec2.Eip) (pulumi.Resource, error) {
	return ec2.NewEipAssociation(h.in.Ctx, h.in.Name("jenkins"), &ec2.EipAssociationArgs{
		AllocationId: address.ID(), InstanceId: h.Instance.ID(),
	}, h.in.Child, pulumi.DeleteBeforeReplace(true))
}
