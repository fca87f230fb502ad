package rules

// quota is what a new account may have of a type in a region. A default VPC with its internet gateway is there from the
// beginning (VPC user guide, "Amazon VPC quotas"; IAM user guide, "IAM and AWS STS quotas"; EC2 user guide, "Elastic IP
// addresses"; Elastic Load Balancing, "Quotas for your Application Load Balancers"; all November 2026).
type quota struct {
	most int
	of   string // the input that says of what it is; "" for the account
	code string
	says string
}

var quotas = map[string]quota{
	vpcType:               {4, "", "VpcLimitExceeded", "The maximum number of VPCs has been reached."},
	gatewayType:           {4, "", "InternetGatewayLimitExceeded", "The maximum number of internet gateways has been reached."},
	addressType:           {5, "", "AddressLimitExceeded", "The maximum number of addresses has been reached."},
	groupType:             {2500, "", "SecurityGroupLimitExceeded", "The maximum number of security groups has been reached."},
	tableType:             {200, "vpcId", "RouteTableLimitExceeded", "The maximum number of route tables has been reached."},
	subnetType:            {200, "vpcId", "SubnetLimitExceeded", "The maximum number of subnets has been reached."},
	"aws:ec2/route:Route": {50, "routeTableId", "RouteLimitExceeded", "The maximum number of routes has been reached."},
	"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {60, "securityGroupId", "RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached."},
	"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule":   {60, "securityGroupId", "RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached."},
	"aws:lb/loadBalancer:LoadBalancer":                          {50, "", "TooManyLoadBalancers", "The maximum number of load balancers has been reached"},
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment":         {10, "role", "LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10"},
	roleType: {1000, "", "LimitExceeded", "Cannot exceed quota for RolesPerAccount: 1000"},
}

// withinQuota refuses one more than an account has by default.
func (q request) withinQuota() error {
	limit, limited := quotas[q.token]
	if !limited || q.id != "" {
		return nil
	}
	others, err := q.others(q.token)
	if err != nil {
		return err
	}
	n := 0
	for _, other := range others {
		if limit.of == "" || text(other, limit.of) == q.text(limit.of) {
			n++
		}
	}
	if n >= limit.most {
		return refused(limit.code, "%s", limit.says)
	}
	return nil
}
