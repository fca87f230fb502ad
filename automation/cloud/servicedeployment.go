package cloud

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// ServiceDeployment is ECS's own record of a deployment, from its beginning to its end: DescribeServices forgets one that
// another took over from, or that ECS rolled back.
type ServiceDeployment struct {
	ARN            string
	TaskDefinition string // that it brings; "" when ECS knows it no more
	Status         string // PENDING, IN_PROGRESS, SUCCESSFUL, STOPPED, ROLLBACK_SUCCESSFUL, ROLLBACK_FAILED, …
	Reason         string
	Created        time.Time
}

// GivenUp is whether ECS stopped it, or goes or went back from it.
func (d ServiceDeployment) GivenUp() bool {
	return strings.HasPrefix(d.Status, "ROLLBACK_") || d.Status == "STOPPED" || d.Status == "STOP_REQUESTED"
}

// mostRevisions is how many DescribeServiceRevisions takes (ECS API reference, November 2026); ListServiceDeployments
// answers as many on a page.
const mostRevisions = 20

// ServiceDeployments lists the newest deployments of a service, at most 20, that began after a time, newest first.
func (c *Cloud) ServiceDeployments(ctx context.Context, cluster, service string, after time.Time) ([]ServiceDeployment, error) {
	in := &ecs.ListServiceDeploymentsInput{Cluster: aws.String(cluster), Service: aws.String(service), MaxResults: aws.Int32(mostRevisions)}
	if !after.IsZero() {
		in.CreatedAt = &types.CreatedAt{After: aws.Time(after)}
	}
	out, err := c.ecs.ListServiceDeployments(ctx, in)
	if err != nil {
		return nil, wrap("list the deployments of service %s", err, service)
	}
	brings, err := c.definitions(ctx, out.ServiceDeployments)
	if err != nil {
		return nil, wrap("describe the revisions of service %s", err, service)
	}
	var all []ServiceDeployment
	for _, d := range out.ServiceDeployments {
		all = append(all, ServiceDeployment{
			ARN: aws.ToString(d.ServiceDeploymentArn), TaskDefinition: brings[aws.ToString(d.TargetServiceRevisionArn)],
			Status: string(d.Status), Reason: aws.ToString(d.StatusReason), Created: aws.ToTime(d.CreatedAt),
		})
	}
	slices.SortStableFunc(all, func(a, b ServiceDeployment) int { return b.Created.Compare(a.Created) })
	return all, nil
}

// definitions are the task definitions of the revisions that deployments bring, by the revision's ARN.
func (c *Cloud) definitions(ctx context.Context, all []types.ServiceDeploymentBrief) (map[string]string, error) {
	var revisions []string
	for _, d := range all {
		if arn := aws.ToString(d.TargetServiceRevisionArn); arn != "" && !slices.Contains(revisions, arn) {
			revisions = append(revisions, arn)
		}
	}
	brings := map[string]string{}
	if len(revisions) == 0 {
		return brings, nil
	}
	out, err := c.ecs.DescribeServiceRevisions(ctx, &ecs.DescribeServiceRevisionsInput{ServiceRevisionArns: revisions})
	if err != nil {
		return nil, err
	}
	for _, r := range out.ServiceRevisions {
		brings[aws.ToString(r.ServiceRevisionArn)] = aws.ToString(r.TaskDefinition)
	}
	return brings, nil
}
