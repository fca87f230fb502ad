package rules

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/resource"
)

// declared are resources by type.
type declared map[string][]map[string]any

func (d declared) Known(token string) (all []resource.Properties, err error) {
	for _, one := range d[token] {
		all = append(all, property.NewPropertyMapFromMap(one))
	}
	return all, nil
}

const (
	ingress     = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	egress      = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	routes      = "aws:ec2/route:Route"
	association = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	endpoints   = "aws:ec2/vpcEndpoint:VpcEndpoint"
	balancer    = "aws:lb/loadBalancer:LoadBalancer"
	attachment  = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	inline      = "aws:iam/rolePolicy:RolePolicy"
	volumeAt    = "aws:ec2/volumeAttachment:VolumeAttachment"
	own         = "arn:aws:iam::000000000000:policy/own"
	trust       = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	grant       = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`
)

// world is an account with one of each.
func world() declared {
	return declared{
		vpcType:      {{"id": "vpc-1", "cidrBlock": "10.0.0.0/16", "defaultSecurityGroupId": "sg-default", "mainRouteTableId": "rtb-main"}},
		subnetType:   {{"id": "subnet-a", "vpcId": "vpc-1", "cidrBlock": "10.0.0.0/24", "availabilityZone": "us-east-1a"}, {"id": "subnet-b", "vpcId": "vpc-1", "cidrBlock": "10.0.1.0/24", "availabilityZone": "us-east-1b"}, {"id": "subnet-a2", "vpcId": "vpc-1", "cidrBlock": "10.0.2.0/24", "availabilityZone": "us-east-1a"}},
		gatewayType:  {{"id": "igw-1", "vpcId": "vpc-1"}},
		groupType:    {{"id": "sg-1", "vpcId": "vpc-1", "name": "app"}, {"id": "sg-2", "vpcId": "vpc-1", "name": "lb"}},
		tableType:    {{"id": "rtb-1", "vpcId": "vpc-1"}},
		routes:       {{"id": "r-1", "routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}},
		association:  {{"id": "rtbassoc-1", "routeTableId": "rtb-1", "subnetId": "subnet-a"}},
		ingress:      {{"id": "sgr-1", "securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 80, "toPort": 80, "referencedSecurityGroupId": "sg-2"}},
		roleType:     {{"id": "app", "name": "app", "arn": "arn:aws:iam::000000000000:role/app"}},
		policyType:   {{"id": own, "arn": own, "name": "own"}},
		attachment:   {{"id": "a", "role": "app", "policyArn": own}},
		scalingType:  {{"id": "hosts", "arn": "arn:hosts"}},
		templateType: {{"id": "lt-1"}},
		serviceType:  {{"id": "arn:aws:ecs:us-east-1:000000000000:service/c/web"}},
		volumeType:   {{"id": "vol-1"}},
		volumeAt:     {{"id": "vai-1", "volumeId": "vol-1", "instanceId": "i-1"}},
	}
}

// from adds inputs to others.
func from(in map[string]any, more ...any) map[string]any {
	in = maps.Clone(in)
	for i := 0; i < len(more); i += 2 {
		in[more[i].(string)] = more[i+1]
	}
	return in
}

func TestWhatIsRefused(t *testing.T) {
	subnet := map[string]any{"vpcId": "vpc-1", "cidrBlock": "10.0.9.0/24", "availabilityZone": "us-east-1c"}
	rule := map[string]any{"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 81, "toPort": 81, "cidrIpv4": "0.0.0.0/0"}
	lb := map[string]any{"name": "web", "subnets": []any{"subnet-a", "subnet-b"}, "securityGroups": []any{"sg-2"}}
	role := map[string]any{"name": "r", "assumeRolePolicy": trust}
	network := func(subnet, group string) map[string]any {
		return map[string]any{"networkConfiguration": map[string]any{"subnets": []any{subnet}, "securityGroups": []any{group}}}
	}
	for _, c := range []struct {
		what  string
		token string
		in    map[string]any
		want  string // "" for what is allowed
	}{
		{"a VPC", vpcType, map[string]any{"cidrBlock": "10.1.0.0/16"}, ""},
		{"a VPC that is too large", vpcType, map[string]any{"cidrBlock": "10.0.0.0/8"}, "InvalidVpc.Range: The CIDR '10.0.0.0/8' is invalid."},
		{"a VPC of no block", vpcType, map[string]any{"cidrBlock": "10.0.0.0"}, "InvalidVpc.Range"},
		{"a VPC with bits behind the prefix", vpcType, map[string]any{"cidrBlock": "10.1.0.1/16"}, "InvalidParameterValue: Value (10.1.0.1/16)"},
		{"a subnet", subnetType, subnet, ""},
		{"a subnet of no VPC", subnetType, from(subnet, "vpcId", "vpc-9"), "InvalidVpcID.NotFound: The vpc ID 'vpc-9' does not exist"},
		{"a subnet in another zone", subnetType, from(subnet, "availabilityZone", "us-east-1f"), "InvalidParameterValue: Value (us-east-1f) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: us-east-1a"},
		{"a subnet outside of its VPC", subnetType, from(subnet, "cidrBlock", "10.1.0.0/24"), "InvalidSubnet.Range: The CIDR '10.1.0.0/24' is invalid."},
		{"a subnet that is too small", subnetType, from(subnet, "cidrBlock", "10.0.9.0/29"), "InvalidSubnet.Range"},
		{"a subnet over another", subnetType, from(subnet, "cidrBlock", "10.0.1.128/25"), "InvalidSubnet.Conflict: The CIDR '10.0.1.128/25' conflicts with another subnet"},
		{"a volume in no zone", volumeType, map[string]any{"availabilityZone": "mars-1a"}, "InvalidZone.NotFound: The zone 'mars-1a' does not exist."},
		{"a second gateway", gatewayType, map[string]any{"vpcId": "vpc-1"}, "InvalidParameterValue: Network vpc-1 already has an internet gateway attached"},
		{"a gateway of no VPC yet", gatewayType, map[string]any{}, ""},
		{"a group's name again", groupType, map[string]any{"vpcId": "vpc-1", "name": "app"}, "InvalidGroup.Duplicate: The security group 'app' already exists for VPC 'vpc-1'"},
		{"a group named as an id", groupType, map[string]any{"vpcId": "vpc-1", "name": "sg-x"}, "InvalidParameterValue"},
		{"a rule", ingress, rule, ""},
		{"a rule for the default group", ingress, from(rule, "securityGroupId", "sg-default"), ""},
		{"a rule of no group", ingress, from(rule, "securityGroupId", "sg-9"), "InvalidGroup.NotFound: The security group 'sg-9' does not exist"},
		{"a rule about no group", egress, from(rule, "referencedSecurityGroupId", "sg-9"), "InvalidGroup.NotFound"},
		{"a rule of no block", ingress, from(rule, "cidrIpv4", "0.0.0.0"), "InvalidParameterValue: Value (0.0.0.0)"},
		{"a rule again", ingress, map[string]any{"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 80, "toPort": 80, "referencedSecurityGroupId": "sg-2"}, "InvalidPermission.Duplicate"},
		{"a route again", routes, map[string]any{"routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}, "RouteAlreadyExists: The route identified by 0.0.0.0/0 already exists."},
		{"a route to no gateway", routes, map[string]any{"routeTableId": "rtb-main", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-9"}, "InvalidGatewayID.NotFound"},
		{"a route to no NAT", routes, map[string]any{"routeTableId": "rtb-main", "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "nat-9"}, "NatGatewayNotFound"},
		{"a route of no table", routes, map[string]any{"routeTableId": "rtb-9", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}, "InvalidRouteTableID.NotFound"},
		{"a second table", association, map[string]any{"routeTableId": "rtb-main", "subnetId": "subnet-a"}, "Resource.AlreadyAssociated"},
		{"NAT without an address", natType, map[string]any{"subnetId": "subnet-a", "allocationId": "eipalloc-9"}, "InvalidAllocationID.NotFound"},
		{"an endpoint in no subnet", endpoints, map[string]any{"vpcId": "vpc-1", "subnetIds": []any{"subnet-a", "subnet-9"}}, "InvalidSubnetID.NotFound: The subnet ID 'subnet-9' does not exist"},
		{"a load balancer", balancer, lb, ""},
		{"a load balancer in one zone", balancer, from(lb, "subnets", []any{"subnet-a"}), "ValidationError: At least two subnets in two different Availability Zones must be specified"},
		{"a load balancer twice in one zone", balancer, from(lb, "subnets", []any{"subnet-a", "subnet-a2"}), "InvalidConfigurationRequest: A load balancer cannot be attached to multiple subnets in the same Availability Zone"},
		{"a load balancer of no group", balancer, from(lb, "securityGroups", []any{"sg-9"}), "InvalidSecurityGroup"},
		{"a load balancer of no subnet", balancer, from(lb, "subnets", []any{"subnet-a", "subnet-9"}), "SubnetNotFound"},
		{"a target group of no VPC", "aws:lb/targetGroup:TargetGroup", map[string]any{"vpcId": "vpc-9"}, "ValidationError: The VPC ID 'vpc-9' is not found"},
		{"hosts", scalingType, map[string]any{"vpcZoneIdentifiers": []any{"subnet-a"}, "launchTemplate": map[string]any{"id": "lt-1"}}, ""},
		{"hosts in no subnet", scalingType, map[string]any{"vpcZoneIdentifiers": []any{"subnet-9"}}, "ValidationError: The subnet ID 'subnet-9' does not exist"},
		{"hosts of no template", scalingType, map[string]any{"launchTemplate": map[string]any{"id": "lt-9"}}, "with template ID lt-9, does not exist."},
		{"a template of no group", templateType, map[string]any{"networkInterfaces": []any{map[string]any{"securityGroups": []any{"sg-9"}}}}, "InvalidGroup.NotFound"},
		{"a capacity provider of no hosts", "aws:ecs/capacityProvider:CapacityProvider", map[string]any{"autoScalingGroupProvider": map[string]any{"autoScalingGroupArn": "arn:none"}}, "ClientException: The specified Auto Scaling group ARN arn:none does not exist."},
		{"a service", serviceType, network("subnet-a", "sg-1"), ""},
		{"a service in no subnet", serviceType, network("subnet-9", "sg-1"), "InvalidParameterException: Error retrieving subnet information for [subnet-9]"},
		{"a service of no group", serviceType, network("subnet-a", "sg-9"), "InvalidParameterException: Error retrieving security group information for [sg-9]"},
		{"scaling of no service", targetType, map[string]any{"serviceNamespace": "ecs", "resourceId": "service/c/none"}, "ValidationException: ECS service doesn't exist: service/c/none"},
		{"scaling", targetType, map[string]any{"serviceNamespace": "ecs", "resourceId": "service/c/web"}, ""},
		{"a role", roleType, role, ""},
		{"a role without JSON", roleType, from(role, "assumeRolePolicy", "{"), "MalformedPolicyDocument: "},
		{"a role that nobody may take", roleType, from(role, "assumeRolePolicy", grant), "MalformedPolicyDocument: "},
		{"a role with much trust", roleType, from(role, "assumeRolePolicy", strings.Replace(trust, "ecs-tasks", strings.Repeat("x", 2048), 1)), "LimitExceeded: Cannot exceed quota for ACLSizePerRole: 2048"},
		{"a role in no boundary", roleType, from(role, "permissionsBoundary", own+"9"), "NoSuchEntity: Scope ARN"},
		{"a policy of no action", policyType, map[string]any{"policy": strings.Replace(grant, `"Action":"s3:GetObject",`, "", 1)}, "MalformedPolicyDocument: "},
		{"a policy that is too large", policyType, map[string]any{"policy": strings.Replace(grant, "GetObject", strings.Repeat("x", 6144), 1)}, "LimitExceeded: Cannot exceed quota for PolicySize: 6144"},
		{"a policy with white space", policyType, map[string]any{"policy": strings.Replace(grant, ",", ","+strings.Repeat(" ", 6144), 1)}, ""},
		{"a policy of no role", inline, map[string]any{"role": "nobody", "policy": grant}, "NoSuchEntity: The role with name nobody cannot be found."},
		{"a policy of AWS", attachment, map[string]any{"role": "app", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}, ""},
		{"an attachment of no policy", attachment, map[string]any{"role": "app", "policyArn": own + "9"}, "NoSuchEntity: Policy " + own + "9 does not exist"},
		{"a profile of no role", profileType, map[string]any{"role": "nobody"}, "NoSuchEntity"},
		{"an instance of no profile", instanceType, map[string]any{"iamInstanceProfile": "none"}, "Invalid IAM Instance Profile name"},
		{"a volume that is not there", volumeAt, map[string]any{"volumeId": "vol-9"}, "InvalidVolume.NotFound"},
	} {
		t.Run(c.what, func(t *testing.T) {
			err := New(world(), "us-east-1").Allow(c.token, "", property.NewPropertyMapFromMap(c.in))
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// What is declared already is no other of itself.
func TestAnUpdateIsNoDuplicate(t *testing.T) {
	d := world()
	for token, all := range d {
		for _, one := range all {
			if token == attachment || token == volumeAt || token == templateType {
				continue
			}
			in := property.NewPropertyMapFromMap(one)
			if err := New(d, "us-east-1").Allow(token, one["id"].(string), in); err != nil {
				t.Errorf("%s: %v", token, err)
			}
		}
	}
}

func TestWhatOthersNeedIsNotDeleted(t *testing.T) {
	for _, c := range []struct {
		token, id string
		want      string
	}{
		{vpcType, "vpc-1", "DependencyViolation: The vpc 'vpc-1' has dependencies and cannot be deleted."},
		{groupType, "sg-2", "DependencyViolation: resource sg-2 has a dependent object"},
		{groupType, "sg-1", ""},
		{tableType, "rtb-1", "DependencyViolation: The routeTable 'rtb-1'"},
		{subnetType, "subnet-a", ""},
		{roleType, "app", "DeleteConflict: Cannot delete entity, must detach all policies first."},
		{policyType, own, "DeleteConflict: Cannot delete a policy attached to entities."},
		{volumeType, "vol-1", "VolumeInUse"},
		{serviceType, "arn:aws:ecs:us-east-1:000000000000:service/c/web", ""},
	} {
		out := property.NewPropertyMapFromMap(map[string]any{"arn": own, "name": "app"})
		err := New(world(), "us-east-1").Release(c.token, c.id, out)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.id, err, c.want)
		}
	}
}

func TestQuotasOfANewAccount(t *testing.T) {
	for token, limit := range quotas {
		d := declared{token: nil, roleType: {{"id": "r", "name": "r"}}, groupType: {{"id": "g"}}, tableType: {{"id": "t"}}}
		d[token] = nil
		for i := range limit.most {
			d[token] = append(d[token], map[string]any{"id": fmt.Sprint(i), limit.of: "it"})
		}
		q := request{New(d, "us-east-1"), token, "", property.NewPropertyMapFromMap(map[string]any{limit.of: "it"})}
		if err := q.withinQuota(); err == nil || !strings.HasPrefix(err.Error(), limit.code+": ") {
			t.Errorf("%s: %v", token, err)
		}
		d[token] = d[token][1:]
		if err := q.withinQuota(); err != nil {
			t.Errorf("%s: %v", token, err)
		}
	}
}
