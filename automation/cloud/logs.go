package cloud

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
)

// LastLines answers the last n lines of a log stream, oldest first.
func (c *Cloud) LastLines(ctx context.Context, group, stream string, n int) ([]string, error) {
	out, err := c.logs.GetLogEvents(ctx, &cloudwatchlogs.GetLogEventsInput{
		LogGroupName:  aws.String(group),
		LogStreamName: aws.String(stream),
		Limit:         aws.Int32(int32(n)),
		StartFromHead: aws.Bool(false),
	})
	if err != nil {
		return nil, wrap("read log stream %s of %s", err, stream, group)
	}
	var lines []string
	for _, e := range out.Events {
		lines = append(lines, aws.ToString(e.Message))
	}
	return lines, nil
}
