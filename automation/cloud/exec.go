package cloud

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// Execute opens a session to a command in a container of a task, and answers the address and the token of its stream.
func (c *Cloud) Execute(ctx context.Context, cluster, task, container, command string) (url, token string, err error) {
	out, err := c.ecs.ExecuteCommand(ctx, &ecs.ExecuteCommandInput{
		Cluster: aws.String(cluster), Task: aws.String(task), Container: aws.String(container), Command: aws.String(command), Interactive: true,
	})
	if err != nil {
		return "", "", wrap("open a session to task %s", err, lastPart(task))
	}
	if out.Session == nil {
		return "", "", nil
	}
	return aws.ToString(out.Session.StreamUrl), aws.ToString(out.Session.TokenValue), nil
}
