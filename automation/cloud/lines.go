package cloud

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
)

// Line is one event of a log group.
type Line struct {
	ID     string
	Stream string
	Time   time.Time
	Text   string
}

// mostStreams is how many streams one FilterLogEvents takes by name (CloudWatch Logs API reference, November 2026).
const mostStreams = 100

// Lines passes on a group's events from a time on, page by page, each page in the order of its times. Without streams it
// reads all of them.
func (c *Cloud) Lines(ctx context.Context, group string, streams []string, since time.Time, page func([]Line) error) error {
	in := &cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String(group), StartTime: aws.Int64(since.UnixMilli())}
	if len(streams) > 0 {
		in.LogStreamNames = streams[:min(len(streams), mostStreams)]
	}
	pages := cloudwatchlogs.NewFilterLogEventsPaginator(c.logs, in)
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return wrap("read log group %s", err, group)
		}
		lines := make([]Line, 0, len(out.Events))
		for _, e := range out.Events {
			lines = append(lines, Line{
				ID: aws.ToString(e.EventId), Stream: aws.ToString(e.LogStreamName),
				Time: time.UnixMilli(aws.ToInt64(e.Timestamp)).UTC(), Text: aws.ToString(e.Message),
			})
		}
		if err := page(lines); err != nil {
			return err
		}
	}
	return nil
}

// Streams lists the streams of a group whose names begin with a prefix.
func (c *Cloud) Streams(ctx context.Context, group, prefix string) ([]string, error) {
	var names []string
	pages := cloudwatchlogs.NewDescribeLogStreamsPaginator(c.logs, &cloudwatchlogs.DescribeLogStreamsInput{
		LogGroupName: aws.String(group), LogStreamNamePrefix: aws.String(prefix),
	})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return nil, wrap("list the log streams of %s", err, group)
		}
		for _, s := range out.LogStreams {
			names = append(names, aws.ToString(s.LogStreamName))
		}
	}
	return names, nil
}
