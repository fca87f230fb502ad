package network

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/scope"
)

// firstPrivate is the place of the first private subnet among the sixteen of a VPC; the public ones begin at 0.
const firstPrivate = 8

func (n *Network) subnets(in scope.Scope) error {
	vpc, err := netip.ParsePrefix(in.Config.VPCCidr)
	if err != nil {
		return err
	}
	for i, zone := range in.Where.Zones {
		public, err := n.subnet(in, fmt.Sprintf("public-%d", i+1), zone, sixteenth(vpc, i))
		if err != nil {
			return err
		}
		private, err := n.subnet(in, fmt.Sprintf("private-%d", i+1), zone, sixteenth(vpc, firstPrivate+i))
		if err != nil {
			return err
		}
		n.Public, n.Private = append(n.Public, public), append(n.Private, private)
	}
	return nil
}

// subnet gives no address away by default: a host that needs a public IP says so in its own declaration.
func (n *Network) subnet(in scope.Scope, suffix, zone, cidr string) (*ec2.Subnet, error) {
	return ec2.NewSubnet(in.Ctx, in.Name(suffix), &ec2.SubnetArgs{
		VpcId:               n.VPC.ID(),
		AvailabilityZone:    pulumi.String(zone),
		CidrBlock:           pulumi.String(cidr),
		MapPublicIpOnLaunch: pulumi.Bool(false),
		Tags:                in.Tags(suffix),
	}, in.Child)
}

// firstSubnet is the block of the first public subnet of a VPC.
func firstSubnet(vpcCidr string) (string, error) {
	vpc, err := netip.ParsePrefix(vpcCidr)
	if err != nil {
		return "", err
	}
	return sixteenth(vpc, 0), nil
}

// sixteenth is the i-th of the sixteen equal blocks of an IPv4 network.
func sixteenth(network netip.Prefix, i int) string {
	start := network.Addr().As4()
	bits := network.Bits() + 4
	value := binary.BigEndian.Uint32(start[:]) + uint32(i)<<(32-bits)
	binary.BigEndian.PutUint32(start[:], value)
	return netip.PrefixFrom(netip.AddrFrom4(start), bits).String()
}
