package provider

import "slipway/sandbox/naming"

var securityForms = map[string]form{
	"aws:ec2/securityGroup:SecurityGroup": {id: id("sg"), outputs: func(o *operation) values {
		return o.ec2("security-group", values{"name": o.name(), "description": "Managed by Pulumi"})
	}},
	"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
		id: func(o *operation) string {
			vpc := o.other("aws:ec2/vpc:Vpc", o.text("vpcId"))
			if s := textOf(vpc, "defaultSecurityGroupId"); s != "" {
				return s
			}
			return naming.ID("sg")
		},
		outputs: func(o *operation) values {
			return o.ec2("security-group", values{"name": "default", "description": "default VPC security group"})
		},
	},
	"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule":   {id: id("sgr"), outputs: groupRule},
	"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {id: id("sgr"), outputs: groupRule},
}

func groupRule(o *operation) values {
	return o.ec2("security-group-rule", values{"securityGroupRuleId": o.id})
}
