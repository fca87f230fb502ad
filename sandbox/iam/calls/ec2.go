package calls

import (
	"fmt"
	"strconv"
	"strings"

	"slipway/sandbox/iam"
)

// compute are the operations of EC2 that know resources, each with those that it is checked on. An optional resource
// counts when the request names it.
var compute = map[string]rule{
	"AllocateAddress":               makes("elastic-ip"),
	"AssociateAddress":              uses("elastic-ip:AllocationId", "instance:InstanceId", "network-interface:NetworkInterfaceId"),
	"AssociateRouteTable":           uses("route-table:RouteTableId", "subnet:SubnetId", "internet-gateway:GatewayId"),
	"AttachInternetGateway":         uses("internet-gateway:InternetGatewayId", "vpc:VpcId"),
	"AttachVolume":                  uses("instance:InstanceId", "volume:VolumeId"),
	"AuthorizeSecurityGroupEgress":  makesIn("security-group-rule", "security-group:GroupId"),
	"AuthorizeSecurityGroupIngress": makesIn("security-group-rule", "security-group:GroupId"),
	"CreateInternetGateway":         makes("internet-gateway"),
	"CreateLaunchTemplate":          makesFor(launchRole, "launch-template"),
	"CreateLaunchTemplateVersion":   usesFor(launchRole, "launch-template:LaunchTemplateId"),
	"CreateNatGateway":              makesIn("natgateway", "subnet:SubnetId", "elastic-ip:AllocationId"),
	"CreateRoute":                   uses("route-table:RouteTableId"),
	"CreateRouteTable":              makesIn("route-table", "vpc:VpcId"),
	"CreateSecurityGroup":           makesIn("security-group", "vpc:VpcId"),
	"CreateSubnet":                  makesIn("subnet", "vpc:VpcId"),
	"CreateTags":                    tagged,
	"CreateVolume":                  makes("volume"),
	"CreateVpc":                     makes("vpc"),
	"CreateVpcEndpoint":             makesIn("vpc-endpoint", "vpc:VpcId", "route-table:RouteTableId*", "subnet:SubnetId*", "security-group:SecurityGroupId*"),
	"DeleteInternetGateway":         uses("internet-gateway:InternetGatewayId"),
	"DeleteLaunchTemplate":          uses("launch-template:LaunchTemplateId"),
	"DeleteLaunchTemplateVersions":  uses("launch-template:LaunchTemplateId"),
	"DeleteNatGateway":              uses("natgateway:NatGatewayId"),
	"DeleteRoute":                   uses("route-table:RouteTableId"),
	"DeleteRouteTable":              uses("route-table:RouteTableId"),
	"DeleteSecurityGroup":           uses("security-group:GroupId"),
	"DeleteSubnet":                  uses("subnet:SubnetId"),
	"DeleteTags":                    tagged,
	"DeleteVolume":                  uses("volume:VolumeId"),
	"DeleteVpc":                     uses("vpc:VpcId"),
	"DeleteVpcEndpoints":            uses("vpc-endpoint:VpcEndpointId*"),
	"DescribeInstanceAttribute":     uses("instance:InstanceId"),
	"DescribeVpcAttribute":          uses("vpc:VpcId"),
	"DetachInternetGateway":         uses("internet-gateway:InternetGatewayId", "vpc:VpcId"),
	"DetachVolume":                  uses("instance:InstanceId", "volume:VolumeId"),
	"DisassociateAddress":           disassociates("elastic-ip"),
	"DisassociateRouteTable":        disassociates("route-table"),
	"ModifyInstanceAttribute":       uses("instance:InstanceId"),
	"ModifyLaunchTemplate":          uses("launch-template:LaunchTemplateId"),
	"ModifySecurityGroupRules":      uses("security-group:GroupId", "security-group-rule:SecurityGroupRule.1.SecurityGroupRuleId"),
	"ModifySubnetAttribute":         uses("subnet:SubnetId"),
	"ModifyVpcAttribute":            uses("vpc:VpcId"),
	"ModifyVpcEndpoint":             uses("vpc-endpoint:VpcEndpointId", "route-table:AddRouteTableId*", "route-table:RemoveRouteTableId*"),
	"ReleaseAddress":                uses("elastic-ip:AllocationId"),
	"ReplaceRoute":                  uses("route-table:RouteTableId"),
	"ReplaceRouteTableAssociation":  uses("route-table:RouteTableId"),
	"RevokeSecurityGroupEgress":     uses("security-group:GroupId"),
	"RevokeSecurityGroupIngress":    uses("security-group:GroupId"),
	"StopInstances":                 uses("instance:InstanceId*"),
	"TerminateInstances":            uses("instance:InstanceId*"),
}

// uses asks for the operation on what the request names: "kind:Member", with * at the end for a list.
func uses(members ...string) rule {
	return func(c *Call) []iam.Request {
		var all []iam.Request
		for _, member := range members {
			kind, name, _ := strings.Cut(member, ":")
			ids := []string{c.params.text(name)}
			if list, many := strings.CutSuffix(name, "*"); many {
				ids = c.params.texts(list)
			}
			for _, id := range ids {
				if id != "" {
					all = append(all, c.ask(c.Operation, c.arn("ec2", kind+"/"+id), resourceTags(c.world.Tags(id))))
				}
			}
		}
		return all
	}
}

// makes asks for the operation on a resource that has no id yet, with the tags that it is given, and to tag it: EC2
// checks ec2:CreateTags too, with ec2:CreateAction (EC2 user guide, "Grant permission to tag Amazon EC2 resources
// during creation").
func makes(kind string) rule {
	return func(c *Call) []iam.Request {
		tags := requestTags(c.specified(kind))
		resource := c.arn("ec2", kind+"/*")
		all := []iam.Request{c.ask(c.Operation, resource, tags)}
		if len(tags) > 0 {
			all = append(all, c.ask("CreateTags", resource, merged(tags, iam.Context{"ec2:CreateAction": {c.Operation}})))
		}
		return all
	}
}

func makesIn(kind string, members ...string) rule { return both(makes(kind), uses(members...)) }

func makesFor(more rule, kind string) rule { return both(makes(kind), more) }

func usesFor(more rule, members ...string) rule { return both(uses(members...), more) }

func both(first, second rule) rule {
	return func(c *Call) []iam.Request { return append(first(c), second(c)...) }
}

// specified are the tags that the request gives to one kind of resource.
func (c *Call) specified(kind string) map[string]string {
	for i := 1; ; i++ {
		prefix := "TagSpecification." + strconv.Itoa(i) + "."
		switch c.params.text(prefix + "ResourceType") {
		case "":
			return nil
		case kind:
			return c.params.tags(prefix + "Tag")
		}
	}
}

// launchRole is the instance profile in a template. Nothing is passed by writing it down: EC2 asks for iam:PassRole when
// an instance is launched (EC2 user guide, "Control access to launch templates with IAM permissions").
func launchRole(*Call) []iam.Request { return nil }

// tagged asks to tag or untag resources that are there. What kind an id is of, its prefix says.
func tagged(c *Call) []iam.Request {
	var all []iam.Request
	given := requestTags(c.params.tags("Tag"))
	for _, id := range c.params.texts("ResourceId") {
		prefix, _, _ := strings.Cut(id, "-")
		kind, known := kinds[prefix]
		if !known {
			kind = fmt.Sprintf("(%s)", prefix) // matches no statement, and says why
		}
		all = append(all, c.ask(c.Operation, c.arn("ec2", kind+"/"+id), merged(given, resourceTags(c.world.Tags(id)))))
	}
	return all
}

// kinds of resources by the prefix of their ids.
var kinds = map[string]string{
	"acl": "network-acl", "eipalloc": "elastic-ip", "eni": "network-interface", "i": "instance", "igw": "internet-gateway",
	"lt": "launch-template", "nat": "natgateway", "rtb": "route-table", "sg": "security-group", "sgr": "security-group-rule",
	"subnet": "subnet", "vol": "volume", "vpc": "vpc", "vpce": "vpc-endpoint",
}

// disassociates asks on the resource behind an association, which World answers to by the association's id.
func disassociates(kind string) rule {
	return func(c *Call) []iam.Request {
		id := c.params.text("AssociationId")
		return []iam.Request{c.ask(c.Operation, c.arn("ec2", kind+"/of-"+id), resourceTags(c.world.Tags(id)))}
	}
}
