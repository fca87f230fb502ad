package cloud

import (
	"context"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// hosts remembers which EC2 instance a container instance is: that never changes.
type hosts struct {
	mu    sync.Mutex
	known map[string]string
}

// hostsAtOnce is how many container instances one DescribeContainerInstances takes (ECS API).
const hostsAtOnce = 100

// hostsOf answers the EC2 instance ids of the container instances that tasks run on. One that ECS does not tell
// (Fargate, no permission, a call that failed) is missing: its targets are then matched by port alone, and the next
// look asks again.
func (c *Cloud) hostsOf(ctx context.Context, cluster string, tasks []types.Task) map[string]string {
	found := map[string]string{}
	defer func() { c.hosts.remember(found) }()
	unknown := c.hosts.split(tasks, found)
	for len(unknown) > 0 {
		n := min(len(unknown), hostsAtOnce)
		out, err := c.ecs.DescribeContainerInstances(ctx, &ecs.DescribeContainerInstancesInput{
			Cluster: aws.String(cluster), ContainerInstances: unknown[:n],
		})
		if err != nil {
			return found
		}
		for _, host := range out.ContainerInstances {
			found[aws.ToString(host.ContainerInstanceArn)] = aws.ToString(host.Ec2InstanceId)
		}
		unknown = unknown[n:]
	}
	return found
}

// split adds what is known to found and answers the container instances that are not.
func (h *hosts) split(tasks []types.Task, found map[string]string) (unknown []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	asked := map[string]bool{"": true}
	for _, t := range tasks {
		arn := aws.ToString(t.ContainerInstanceArn)
		if id := h.known[arn]; id != "" {
			found[arn] = id
		} else if !asked[arn] {
			unknown = append(unknown, arn)
		}
		asked[arn] = true
	}
	return unknown
}

func (h *hosts) remember(found map[string]string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.known == nil {
		h.known = map[string]string{}
	}
	for arn, id := range found {
		h.known[arn] = id
	}
}

func lastPart(arn string) string {
	return arn[strings.LastIndex(arn, "/")+1:]
}
