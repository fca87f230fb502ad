package provider

import (
	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/naming"
)

var scalingForms = map[string]form{
	"aws:autoscaling/group:Group": {id: byName, outputs: func(o *operation) values {
		return values{
			"arn":             o.Region.ARN("autoscaling", "autoScalingGroup:"+naming.UUID()+":autoScalingGroupName/"+o.id),
			"name":            o.id,
			"defaultCooldown": 300, "healthCheckType": "EC2", "healthCheckGracePeriod": 300,
			"desiredCapacity": o.number("minSize", 0), "availabilityZones": o.zonesOf(o.list("vpcZoneIdentifiers")),
			"serviceLinkedRoleArn": naming.GlobalARN("iam", "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"),
		}
	}},
	"aws:appautoscaling/target:Target": {id: input("resourceId"), outputs: func(o *operation) values {
		return values{
			"arn":     o.Region.ARN("application-autoscaling", "scalable-target/"+naming.Hex(24)),
			"roleArn": naming.GlobalARN("iam", "role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"),
		}
	}},
	"aws:appautoscaling/policy:Policy": {id: byName, outputs: func(o *operation) values {
		resource := "resource/" + o.text("serviceNamespace") + "/" + o.text("resourceId")
		return values{
			"name": o.id, "policyType": "StepScaling",
			"arn": o.Region.ARN("autoscaling", "scalingPolicy:"+naming.UUID()+":"+resource+":policyName/"+o.id),
		}
	}},
}

// zonesOf returns the zones of the subnets, each once.
func (o *operation) zonesOf(subnets []string) []string {
	zones, seen := []string{}, map[string]bool{}
	for _, id := range subnets {
		zone := o.other("aws:ec2/subnet:Subnet", id)[presource.PropertyKey("availabilityZone")]
		if zone.IsString() && !seen[zone.StringValue()] {
			seen[zone.StringValue()] = true
			zones = append(zones, zone.StringValue())
		}
	}
	return zones
}
