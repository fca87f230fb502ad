package cloud

import "testing"

func TestGone(t *testing.T) {
	const (
		instance   = "aws:ec2/instance:Instance"
		service    = "aws:ecs/service:Service"
		definition = "aws:ecs/taskDefinition:TaskDefinition"
		arn        = "arn:aws:ecs:us-east-1:000000000000:service/dev/app"
	)
	in := func(state string) answer {
		return answer{200, `<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId>` +
			`<instanceState><code>1</code><name>` + state + `</name></instanceState></item></instancesSet></item></reservationSet></DescribeInstancesResponse>`}
	}
	tests := []struct {
		name, typ, id, call string
		answer              answer
		gone, fails         bool
	}{
		{"an instance that runs", instance, "i-1", "ec2.DescribeInstances", in("running"), false, false},
		{"one that is stopped", instance, "i-1", "ec2.DescribeInstances", in("stopped"), false, false},
		{"one that was ended", instance, "i-1", "ec2.DescribeInstances", in("terminated"), true, false},
		{"one that was ended long ago", instance, "i-1", "ec2.DescribeInstances",
			answer{400, `<Response><Errors><Error><Code>InvalidInstanceID.NotFound</Code><Message>The instance ID 'i-1' does not exist</Message></Error></Errors></Response>`}, true, false},
		{"instances that may not be asked for", instance, "i-1", "ec2.DescribeInstances", answer{403, denied}, false, true},
		{"a service", service, arn, "ecs.DescribeServices", answer{200, `{"services":[{"status":"ACTIVE"}]}`}, false, false},
		{"one that ends", service, arn, "ecs.DescribeServices", answer{200, `{"services":[{"status":"DRAINING"}]}`}, false, false},
		{"one that was deleted", service, arn, "ecs.DescribeServices", answer{200, `{"services":[{"status":"INACTIVE"}]}`}, true, false},
		{"one that was deleted long ago", service, arn, "ecs.DescribeServices", answer{200, `{"services":[],"failures":[{"arn":"a","reason":"MISSING"}]}`}, true, false},
		{"a cluster that is not there", service, arn, "ecs.DescribeServices", answer{400, `{"__type":"ClusterNotFoundException"}`}, false, true},
		{"a task definition", definition, "app:3", "ecs.DescribeTaskDefinition", answer{200, `{"taskDefinition":{"status":"ACTIVE"}}`}, false, false},
		{"one that was deregistered", definition, "app:3", "ecs.DescribeTaskDefinition", answer{200, `{"taskDefinition":{"status":"INACTIVE"}}`}, true, false},
		{"a type that is not asked for", "aws:ec2/vpc:Vpc", "vpc-1", "ec2.DescribeVpcs", answer{500, ""}, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, e := open(t, map[string]answer{test.call: test.answer})
			gone, err := c.Gone(t.Context(), test.typ, test.id)
			if gone != test.gone || (err != nil) != test.fails {
				t.Errorf("gone is %v, %v", gone, err)
			}
			if e.calls.Load() > 1 {
				t.Errorf("%d calls", e.calls.Load())
			}
		})
	}
}
