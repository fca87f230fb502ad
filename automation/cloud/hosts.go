package cloud

import (
	"context"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// hosts remembers which EC2 instance a container instance is: that never changes.
type hosts struct {
	mu    sync.Mutex
	known map[string]string
}

// host answers the EC2 instance id of a container instance. Where ECS does not
// tell (Fargate, no permission) it is "": targets are then matched by port alone.
func (c *Cloud) host(ctx context.Context, cluster, containerInstance string) string {
	if containerInstance == "" {
		return ""
	}
	c.hosts.mu.Lock()
	defer c.hosts.mu.Unlock()
	if id, ok := c.hosts.known[containerInstance]; ok {
		return id
	}
	out, err := c.ecs.DescribeContainerInstances(ctx, &ecs.DescribeContainerInstancesInput{
		Cluster: aws.String(cluster), ContainerInstances: []string{containerInstance},
	})
	if ctx.Err() != nil {
		return ""
	}
	id := ""
	if err == nil && len(out.ContainerInstances) > 0 {
		id = aws.ToString(out.ContainerInstances[0].Ec2InstanceId)
	}
	if c.hosts.known == nil {
		c.hosts.known = map[string]string{}
	}
	c.hosts.known[containerInstance] = id
	return id
}

func lastPart(arn string) string {
	return arn[strings.LastIndex(arn, "/")+1:]
}
