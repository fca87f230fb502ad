package cloud

import (
	"context"
	"encoding/xml"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Gone says whether AWS has no longer what a stack's state knows by an ID: the id of an instance, the ARN of a service or
// of a task definition. It is one call, and no other type is asked for. What the AWS provider takes out of the state when
// it reads it is gone: a terminated instance, an inactive service, a task definition that was deregistered.
func (c *Cloud) Gone(ctx context.Context, typ, id string) (bool, error) {
	switch typ {
	case "aws:ec2/instance:Instance":
		return c.instanceGone(ctx, id)
	case "aws:ecs/service:Service":
		return c.serviceGone(ctx, id)
	case "aws:ecs/taskDefinition:TaskDefinition":
		return c.definitionGone(ctx, id)
	}
	return false, nil
}

// instanceGone: EC2 shows a terminated instance for about an hour, and has no such id after that
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/how-ec2-instance-termination-works.html, 2026-11).
func (c *Cloud) instanceGone(ctx context.Context, id string) (bool, error) {
	text, err := c.ec2(ctx, "DescribeInstances", url.Values{"InstanceId.1": {id}})
	if err != nil && strings.Contains(err.Error(), "InvalidInstanceID.NotFound") {
		return true, nil
	}
	if err != nil {
		return false, wrap("describe instance %s", err, id)
	}
	var answer struct {
		States []string `xml:"reservationSet>item>instancesSet>item>instanceState>name"`
	}
	if err := xml.Unmarshal(text, &answer); err != nil {
		return false, wrap("describe instance %s", err, id)
	}
	return len(answer.States) == 0 || answer.States[0] == "terminated", nil
}

// serviceGone: ECS shows a deleted service as INACTIVE for a while, and then as missing
// (docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html, 2026-11). One that is DRAINING is still there.
func (c *Cloud) serviceGone(ctx context.Context, arn string) (bool, error) {
	_, path, _ := strings.Cut(arn, ":service/")
	cluster, name, _ := strings.Cut(path, "/")
	out, err := c.ecs.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: aws.String(cluster), Services: []string{name}})
	if err != nil {
		return false, wrap("describe service %s in cluster %s", err, name, cluster)
	}
	if len(out.Services) == 0 {
		return len(out.Failures) > 0 && aws.ToString(out.Failures[0].Reason) == "MISSING", nil
	}
	return aws.ToString(out.Services[0].Status) == "INACTIVE", nil
}

func (c *Cloud) definitionGone(ctx context.Context, arn string) (bool, error) {
	out, err := c.ecs.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: aws.String(arn)})
	if err != nil {
		return false, wrap("describe task definition %s", err, arn)
	}
	return out.TaskDefinition != nil && out.TaskDefinition.Status != types.TaskDefinitionStatusActive, nil
}
