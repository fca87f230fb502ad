package rules

import (
	"slices"
	"strings"

	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/resource"
)

// The types that others name.
const (
	vpcType      = "aws:ec2/vpc:Vpc"
	subnetType   = "aws:ec2/subnet:Subnet"
	groupType    = "aws:ec2/securityGroup:SecurityGroup"
	tableType    = "aws:ec2/routeTable:RouteTable"
	gatewayType  = "aws:ec2/internetGateway:InternetGateway"
	natType      = "aws:ec2/natGateway:NatGateway"
	addressType  = "aws:ec2/eip:Eip"
	volumeType   = "aws:ebs/volume:Volume"
	instanceType = "aws:ec2/instance:Instance"
	templateType = "aws:ec2/launchTemplate:LaunchTemplate"
	scalingType  = "aws:autoscaling/group:Group"
	roleType     = "aws:iam/role:Role"
	policyType   = "aws:iam/policy:Policy"
	profileType  = "aws:iam/instanceProfile:InstanceProfile"
	targetType   = "aws:appautoscaling/target:Target"
	serviceType  = "aws:ecs/service:Service"
)

// reference is an input that names another resource.
type reference struct {
	path string // of the input; lists are walked
	to   string // the type that it names
	by   string // the output that it names it by
	code string // AWS's code when there is none
	says string // and its message, with the name in it
	hold bool   // what it names cannot be deleted before
}

var (
	noVPC    = reference{"vpcId", vpcType, "id", "InvalidVpcID.NotFound", "The vpc ID '%s' does not exist", true}
	noSubnet = reference{"subnetId", subnetType, "id", "InvalidSubnetID.NotFound", "The subnet ID '%s' does not exist", true}
	noGroup  = reference{"securityGroupId", groupType, "id", "InvalidGroup.NotFound", "The security group '%s' does not exist", false}
	noTable  = reference{"routeTableId", tableType, "id", "InvalidRouteTableID.NotFound", "The routeTable ID '%s' does not exist", false}
	noRole   = reference{"role", roleType, "name", "NoSuchEntity", "The role with name %s cannot be found.", false}
)

// at is the same reference by another input.
func (r reference) at(path string) reference { r.path = path; return r }

// holding is a reference that its resource cannot exist without.
func (r reference) holding() reference { r.hold = true; return r }

// loose is a reference to what may be deleted before.
func (r reference) loose() reference { r.hold = false; return r }

// as is the same reference with another service's error.
func (r reference) as(code, says string) reference { r.code, r.says = code, says; return r }

// references of each type.
var references = map[string][]reference{
	subnetType:  {noVPC},
	groupType:   {noVPC},
	tableType:   {noVPC, noGateway.at("routes.gatewayId"), noNAT.at("routes.natGatewayId")},
	gatewayType: {noVPC},
	natType: {noSubnet, {"allocationId", addressType, "id", "InvalidAllocationID.NotFound",
		"The allocation ID '%s' does not exist", true}},
	"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup":   {noVPC.loose()},
	"aws:ec2/route:Route":                                 {noTable, noGateway, noNAT},
	"aws:ec2/routeTableAssociation:RouteTableAssociation": {noTable.holding(), noSubnet.loose()},
	"aws:ec2/vpcEndpoint:VpcEndpoint": {noVPC, noSubnet.at("subnetIds"), noGroup.at("securityGroupIds").holding(),
		noTable.at("routeTableIds")},
	"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {noGroup, noGroup.at("referencedSecurityGroupId").holding()},
	"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule":   {noGroup, noGroup.at("referencedSecurityGroupId").holding()},
	instanceType: {noSubnet, noGroup.at("vpcSecurityGroupIds").holding(),
		{"iamInstanceProfile", profileType, "name", "InvalidParameterValue", "Value (%s) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name", false}},
	"aws:ec2/volumeAttachment:VolumeAttachment": {
		{"volumeId", volumeType, "id", "InvalidVolume.NotFound", "The volume '%s' does not exist.", true},
		{"instanceId", instanceType, "id", "InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", false}},
	templateType: {noGroup.at("networkInterfaces.securityGroups"), noGroup.at("vpcSecurityGroupIds")},
	scalingType: {noSubnet.at("vpcZoneIdentifiers").as("ValidationError", "The subnet ID '%s' does not exist"),
		{"launchTemplate.id", templateType, "id", "ValidationError", "You must use a valid fully-formed launch template. The specified launch template, with template ID %s, does not exist.", false}},
	"aws:ecs/capacityProvider:CapacityProvider": {{"autoScalingGroupProvider.autoScalingGroupArn", scalingType, "arn", "ClientException",
		"The specified Auto Scaling group ARN %s does not exist. Specify a valid Auto Scaling group ARN and try again.", false}},
	serviceType: {
		noSubnet.at("networkConfiguration.subnets").loose().as("InvalidParameterException", "Error retrieving subnet information for [%[1]s]: The subnet ID '%[1]s' does not exist (ErrorCode: InvalidSubnetID.NotFound)"),
		noGroup.at("networkConfiguration.securityGroups").as("InvalidParameterException", "Error retrieving security group information for [%[1]s]: The security group '%[1]s' does not exist (ErrorCode: InvalidGroup.NotFound)")},
	"aws:lb/loadBalancer:LoadBalancer": {
		noSubnet.at("subnets").as("SubnetNotFound", "The subnet ID '%s' does not exist"),
		noGroup.at("securityGroups").holding().as("InvalidSecurityGroup", "The security group '%s' does not exist")},
	"aws:lb/targetGroup:TargetGroup": {noVPC.loose().as("ValidationError", "The VPC ID '%s' is not found")},
	"aws:iam/rolePolicy:RolePolicy":  {noRole},
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment": {noRole.holding(),
		{"policyArn", policyType, "arn", "NoSuchEntity", "Policy %s does not exist or is not attachable.", true}},
	profileType: {noRole},
	roleType: {{"permissionsBoundary", policyType, "arn", "NoSuchEntity", "Scope ARN: %s does not exist or is not attachable.", true},
		{"managedPolicyArns", policyType, "arn", "NoSuchEntity", "Policy %s does not exist or is not attachable.", true}},
	targetType: {{"resourceId", serviceType, "id", "ValidationException", "ECS service doesn't exist: %s", false}},
	"aws:appautoscaling/policy:Policy": {{"resourceId", targetType, "resourceId", "ObjectNotFoundException",
		"No scalable target registered for service namespace: ecs, resource ID: %s, scalable dimension: ecs:service:DesiredCount", false}},
}

var (
	noGateway = reference{"gatewayId", gatewayType, "id", "InvalidGatewayID.NotFound", "The gateway ID '%s' does not exist", false}
	noNAT     = reference{"natGatewayId", natType, "id", "NatGatewayNotFound", "The Nat Gateway %s was not found", false}
)

// refers returns the error of the first input that names what does not exist.
func (q request) refers() error {
	for _, r := range references[q.token] {
		for _, name := range r.names(q.in) {
			exists, err := q.exists(r, name)
			if err != nil {
				return err
			}
			if !exists {
				return refused(r.code, r.says, name)
			}
		}
	}
	return nil
}

// names are the resources that the input names.
func (r reference) names(in resource.Properties) []string {
	return walk(property.NewProperty(in), strings.Split(r.path, "."))
}

func walk(v property.PropertyValue, path []string) (all []string) {
	switch {
	case v.IsArray():
		for _, one := range v.ArrayValue() {
			all = append(all, walk(one, path)...)
		}
	case v.IsObject() && len(path) > 0:
		return walk(v.ObjectValue()[property.PropertyKey(path[0])], path[1:])
	case v.IsString() && len(path) == 0 && v.StringValue() != "":
		return []string{v.StringValue()}
	}
	return all
}

// exists looks for what a reference names. What AWS itself has (its own policies, other namespaces of scaling, local
// routes) is taken to be there.
func (q request) exists(r reference, name string) (bool, error) {
	switch {
	case r.to == policyType && strings.Contains(name, ":iam::aws:policy/"), r.to == gatewayType && !strings.HasPrefix(name, "igw-"):
		return true, nil
	case r.to == serviceType && q.token == targetType:
		return q.isScalable(name)
	}
	all, err := q.declared.Known(r.to)
	if err != nil {
		return false, err
	}
	if slices.ContainsFunc(all, func(p resource.Properties) bool { return text(p, r.by) == name }) {
		return true, nil
	}
	own := map[string]string{groupType: "defaultSecurityGroupId", tableType: "mainRouteTableId"}[r.to]
	if own == "" {
		return false, nil
	}
	vpcs, err := q.declared.Known(vpcType)
	return slices.ContainsFunc(vpcs, func(p resource.Properties) bool { return text(p, own) == name }), err
}

// isScalable reports whether the resource of a scalable target is there: service/CLUSTER/NAME.
func (q request) isScalable(name string) (bool, error) {
	if q.text("serviceNamespace") != "ecs" {
		return true, nil
	}
	services, err := q.declared.Known(serviceType)
	return slices.ContainsFunc(services, func(p resource.Properties) bool { return strings.HasSuffix(text(p, "id"), ":"+name) }), err
}

// held are AWS's errors for what others hold.
var held = map[string]struct{ code, says string }{
	vpcType:     {"DependencyViolation", "The vpc '%s' has dependencies and cannot be deleted."},
	subnetType:  {"DependencyViolation", "The subnet '%s' has dependencies and cannot be deleted."},
	groupType:   {"DependencyViolation", "resource %s has a dependent object"},
	tableType:   {"DependencyViolation", "The routeTable '%s' has dependencies and cannot be deleted."},
	addressType: {"InvalidIPAddress.InUse", "Address %s is in use."},
	volumeType:  {"VolumeInUse", "Volume %s is currently attached."},
	roleType:    {"DeleteConflict", "Cannot delete entity, must detach all policies first. (role %s)"},
	policyType:  {"DeleteConflict", "Cannot delete a policy attached to entities. (%s)"},
}

// Release returns AWS's error for the deletion of a resource that another one needs.
func (r *Rules) Release(token, id string, out resource.Properties) error {
	words, holdable := held[token]
	if !holdable {
		return nil
	}
	for holder, all := range references {
		for _, ref := range all {
			if ref.to != token || !ref.hold {
				continue
			}
			name := text(out, ref.by)
			if ref.by == "id" {
				name = id
			}
			known, err := r.declared.Known(holder)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(known, func(p resource.Properties) bool { return slices.Contains(ref.names(p), name) }) {
				return refused(words.code, words.says, id)
			}
		}
	}
	return nil
}
