package provider

import (
	"fmt"
	"strings"

	"slipway/sandbox/naming"
)

// balancerZone is the Route 53 zone of the load balancers of us-east-1.
const balancerZone = "Z35SXDOTRQ7X7K"

var balancerForms = map[string]form{
	"aws:lb/loadBalancer:LoadBalancer": {
		id: func(o *operation) string {
			kind := map[string]string{"network": "net", "gateway": "gwy"}[o.text("loadBalancerType")]
			if kind == "" {
				kind = "app"
			}
			return o.Region.ARN("elasticloadbalancing", fmt.Sprintf("loadbalancer/%s/%s/%s", kind, o.name(), naming.Hex(16)))
		},
		outputs: func(o *operation) values {
			return values{
				"arn": o.id, "arnSuffix": afterColon(o.id, "loadbalancer/"), "name": o.name(), "vpcId": o.vpcOf(o.list("subnets")),
				"dnsName": fmt.Sprintf("%s-%s.%s.elb.amazonaws.com", o.name(), digits(), o.Region), "zoneId": balancerZone,
				"ipAddressType": "ipv4", "subnetMappings": mappings(o.list("subnets")), "loadBalancerType": "application",
			}
		},
	},
	"aws:lb/targetGroup:TargetGroup": {
		id: func(o *operation) string {
			return o.Region.ARN("elasticloadbalancing", fmt.Sprintf("targetgroup/%s/%s", o.name(), naming.Hex(16)))
		},
		outputs: func(o *operation) values {
			return values{
				"arn": o.id, "arnSuffix": afterColon(o.id, ""), "name": o.name(), "ipAddressType": "ipv4",
				"loadBalancingAlgorithmType": "round_robin", "loadBalancingAnomalyMitigation": "off",
				"loadBalancingCrossZoneEnabled": "use_load_balancer_configuration", "protocolVersion": "HTTP1",
				"healthCheck": values{
					"enabled": true, "healthyThreshold": 3, "interval": 30, "matcher": "200", "path": "/",
					"port": "traffic-port", "protocol": "HTTP", "timeout": 5, "unhealthyThreshold": 3,
				},
				"stickiness": values{"cookieDuration": 86400, "enabled": false, "type": "lb_cookie"},
			}
		},
	},
	"aws:lb/listener:Listener": {
		id: func(o *operation) string {
			return strings.Replace(o.text("loadBalancerArn"), ":loadbalancer/", ":listener/", 1) + "/" + naming.Hex(16)
		},
		outputs: func(o *operation) values {
			v := values{"arn": o.id, "protocol": "HTTP", "mutualAuthentication": values{"mode": "off"}}
			if strings.EqualFold(o.text("protocol"), "HTTPS") {
				v["sslPolicy"] = "ELBSecurityPolicy-2016-08"
			}
			return v
		},
	},
	"aws:lb/listenerRule:ListenerRule": {
		id: func(o *operation) string {
			return strings.Replace(o.text("listenerArn"), ":listener/", ":listener-rule/", 1) + "/" + naming.Hex(16)
		},
		outputs: func(o *operation) values { return values{"arn": o.id, "priority": o.nextPriority()} },
	},
}

// afterColon returns what follows the last colon of an ARN, without the prefix.
func afterColon(arn, prefix string) string {
	return strings.TrimPrefix(arn[strings.LastIndexByte(arn, ':')+1:], prefix)
}

func (o *operation) vpcOf(subnets []string) string {
	for _, id := range subnets {
		if vpc := textOf(o.other("aws:ec2/subnet:Subnet", id), "vpcId"); vpc != "" {
			return vpc
		}
	}
	return ""
}

func mappings(subnets []string) []any {
	all := []any{}
	for _, id := range subnets {
		all = append(all, values{"subnetId": id})
	}
	return all
}

// nextPriority returns the priority after the last of the listener's rules, which AWS takes when none is given.
func (o *operation) nextPriority() float64 {
	all, err := o.records.all(o.token)
	if err != nil {
		return 1
	}
	last := 0.0
	for _, rule := range all {
		if textOf(rule, "listenerArn") == o.text("listenerArn") {
			last = max(last, numberOf(rule, "priority"))
		}
	}
	return last + 1
}
