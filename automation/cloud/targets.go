package cloud

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
)

// Target is one target of a target group with the load balancer's view of it.
type Target struct {
	ID          string `json:"id"` // an instance id, or an IP address
	Port        int    `json:"port"`
	State       string `json:"state"` // initial, healthy, unhealthy, draining, unused, unavailable
	Reason      string `json:"reason,omitempty"`
	Description string `json:"description,omitempty"`
}

// Targets lists a target group's targets, draining ones included.
func (c *Cloud) Targets(ctx context.Context, targetGroup string) ([]Target, error) {
	out, err := c.elb.DescribeTargetHealth(ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: aws.String(targetGroup)})
	if err != nil {
		return nil, wrap("ask for the health of target group %s", err, targetGroup)
	}
	var targets []Target
	for _, d := range out.TargetHealthDescriptions {
		var t Target
		if d.Target != nil {
			t.ID, t.Port = aws.ToString(d.Target.Id), int(aws.ToInt32(d.Target.Port))
		}
		if h := d.TargetHealth; h != nil {
			t.State, t.Reason, t.Description = string(h.State), string(h.Reason), aws.ToString(h.Description)
		}
		targets = append(targets, t)
	}
	return targets, nil
}
