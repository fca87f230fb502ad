package rules

import (
	"net/netip"
	"slices"
	"strings"

	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/resource"
)

// own are the rules of a type besides those that all types have.
func (q request) own() []func() error {
	switch q.token {
	case vpcType:
		return []func() error{q.vpcBlock}
	case subnetType:
		return []func() error{q.zone, q.subnetBlock}
	case groupType:
		return []func() error{q.groupName}
	case gatewayType:
		return []func() error{q.oneGateway}
	case volumeType:
		return []func() error{q.zone}
	case "aws:ec2/route:Route":
		return []func() error{q.block("destinationCidrBlock"), q.oneRoute}
	case "aws:ec2/routeTableAssociation:RouteTableAssociation":
		return []func() error{q.oneTable}
	case "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule":
		return []func() error{q.block("cidrIpv4"), q.oneRule}
	case "aws:lb/loadBalancer:LoadBalancer":
		return []func() error{q.twoZones}
	}
	return nil
}

// vpcBlock: a VPC has from 16 to 65536 addresses (VPC user guide, "IP addressing for your VPCs and subnets").
func (q request) vpcBlock() error {
	text := q.text("cidrBlock")
	if block, err := netip.ParsePrefix(text); text != "" && (err != nil || !block.Addr().Is4() || block.Bits() < 16 || block.Bits() > 28) {
		return refused("InvalidVpc.Range", "The CIDR '%s' is invalid.", text)
	}
	return q.block("cidrBlock")()
}

// block refuses what is no IPv4 network, or has bits behind its prefix.
func (q request) block(name string) func() error {
	return func() error {
		text := q.text(name)
		if block, err := netip.ParsePrefix(text); text != "" && (err != nil || !block.Addr().Is4() || block != block.Masked()) {
			return refused("InvalidParameterValue", "Value (%s) for parameter %s is invalid. This is not a valid CIDR block.", text, name)
		}
		return nil
	}
}

// zones of a region are the three that the sandbox has.
func (q request) zones() []string {
	r := string(q.region)
	return []string{r + "a", r + "b", r + "c"}
}

func (q request) zone() error {
	zone := q.text("availabilityZone")
	if zone == "" || slices.Contains(q.zones(), zone) {
		return nil
	}
	if q.token == volumeType {
		return refused("InvalidZone.NotFound", "The zone '%s' does not exist.", zone)
	}
	return refused("InvalidParameterValue", "Value (%s) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: %s.",
		zone, strings.Join(q.zones(), ", "))
}

// subnetBlock: a subnet has 16 addresses at least, lies within its VPC and shares none with another subnet.
func (q request) subnetBlock() error {
	cidr := q.text("cidrBlock")
	if cidr == "" {
		return nil
	}
	block, err := netip.ParsePrefix(cidr)
	if err != nil || block.Bits() > 28 || block != block.Masked() {
		return refused("InvalidSubnet.Range", "The CIDR '%s' is invalid.", cidr)
	}
	vpcs, err := q.declared.Known(vpcType)
	if err != nil {
		return err
	}
	for _, vpc := range vpcs {
		whole, err := netip.ParsePrefix(text(vpc, "cidrBlock"))
		if text(vpc, "id") == q.text("vpcId") && err == nil && (whole.Bits() > block.Bits() || !whole.Contains(block.Addr())) {
			return refused("InvalidSubnet.Range", "The CIDR '%s' is invalid.", cidr)
		}
	}
	subnets, err := q.others(subnetType)
	for _, subnet := range subnets {
		other, wrong := netip.ParsePrefix(text(subnet, "cidrBlock"))
		if text(subnet, "vpcId") == q.text("vpcId") && wrong == nil && other.Overlaps(block) {
			return refused("InvalidSubnet.Conflict", "The CIDR '%s' conflicts with another subnet", cidr)
		}
	}
	return err
}

// groupName: names of security groups are those of one in a VPC, and begin otherwise than ids.
func (q request) groupName() error {
	name := q.text("name")
	if strings.HasPrefix(name, "sg-") {
		return refused("InvalidParameterValue", "Value (%s) for parameter GroupName is invalid. Group names may not be in the format sg-*.", name)
	}
	if name == "" {
		return nil
	}
	return q.only(refused("InvalidGroup.Duplicate", "The security group '%s' already exists for VPC '%s'", name, q.text("vpcId")), "vpcId", "name")
}

func (q request) oneGateway() error {
	return q.only(refused("InvalidParameterValue", "Network %s already has an internet gateway attached", q.text("vpcId")), "vpcId")
}

func (q request) oneRoute() error {
	return q.only(refused("RouteAlreadyExists", "The route identified by %s already exists.", q.text("destinationCidrBlock")), "routeTableId", "destinationCidrBlock")
}

func (q request) oneTable() error {
	return q.only(refused("Resource.AlreadyAssociated", "the specified association for route table %s conflicts with an existing association", q.text("routeTableId")), "subnetId")
}

func (q request) oneRule() error {
	return q.only(refused("InvalidPermission.Duplicate", "the specified rule \"peer: %s%s, %s, ALLOW\" already exists",
		q.text("cidrIpv4"), q.text("referencedSecurityGroupId"), strings.ToUpper(q.text("ipProtocol"))),
		"securityGroupId", "ipProtocol", "fromPort", "toPort", "cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
}

// only refuses a resource that has these inputs in common with another one of its type. One without the first is free.
func (q request) only(err error, names ...string) error {
	if q.in[property.PropertyKey(names[0])].IsNull() {
		return nil
	}
	others, wrong := q.others(q.token)
	if wrong != nil {
		return wrong
	}
	same := func(other resource.Properties) bool {
		return !slices.ContainsFunc(names, func(name string) bool {
			key := property.PropertyKey(name)
			return !q.in[key].DeepEquals(other[key])
		})
	}
	if slices.ContainsFunc(others, same) {
		return err
	}
	return nil
}

// twoZones: an Application Load Balancer stands in two zones at least, once in each, and one that faces the internet in a
// VPC with an internet gateway (Elastic Load Balancing API reference, "CreateLoadBalancer").
func (q request) twoZones() error {
	named := append(reference{path: "subnets"}.names(q.in), reference{path: "subnetMappings.subnetId"}.names(q.in)...)
	subnets, err := q.declared.Known(subnetType)
	if err != nil {
		return err
	}
	zones, vpc := map[string]bool{}, ""
	for _, subnet := range subnets {
		if !slices.Contains(named, text(subnet, "id")) {
			continue
		}
		zone := text(subnet, "availabilityZone")
		if zones[zone] {
			return refused("InvalidConfigurationRequest", "A load balancer cannot be attached to multiple subnets in the same Availability Zone")
		}
		zones[zone], vpc = true, text(subnet, "vpcId")
	}
	if len(zones) < 2 {
		return refused("ValidationError", "At least two subnets in two different Availability Zones must be specified")
	}
	if internal := q.in["internal"]; internal.IsBool() && internal.BoolValue() {
		return nil
	}
	gateways, err := q.declared.Known(gatewayType)
	if err == nil && !slices.ContainsFunc(gateways, func(g resource.Properties) bool { return text(g, "vpcId") == vpc }) {
		return refused("InvalidSubnet", "VPC %s has no internet gateway", vpc)
	}
	return err
}
