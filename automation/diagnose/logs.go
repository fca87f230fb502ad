package diagnose

import (
	"context"
	"fmt"

	"slipway/automation/cloud"
)

// readLogs takes the end of what each container wrote, in the newest task in which it wrote anything.
func (r *Report) readLogs(ctx context.Context, c streams, of cloud.Definition, fallback string, tasks []cloud.Task) []string {
	var notes []string
	for _, template := range of.Containers {
		log, err := lastOf(ctx, c, template, fallback, tasks)
		if err != nil {
			notes = append(notes, missing("log of container "+template.Name, err)...)
		}
		if len(log.Lines) > 0 {
			r.Logs = append(r.Logs, log)
		}
	}
	return notes
}

// lastOf answers the error of the last stream when no stream answered.
func lastOf(ctx context.Context, c streams, template cloud.Template, fallback string, tasks []cloud.Task) (Log, error) {
	var last error
	for _, t := range tasks[:min(len(tasks), mostTasks)] {
		group, stream := streamOf(template, t, fallback)
		if group == "" {
			continue
		}
		lines, err := c.LastLines(ctx, group, stream, mostCounted)
		if err != nil {
			last = err
			continue
		}
		if len(lines) > 0 {
			from := max(0, len(lines)-mostLines)
			return Log{template.Name, stream, from, len(lines) == mostCounted, redactAll(lines[from:])}, nil
		}
	}
	return Log{}, last
}

// streamOf names the stream as the awslogs driver does: prefix/container/task.
func streamOf(t cloud.Template, task cloud.Task, fallback string) (group, stream string) {
	if group = t.LogGroup; group == "" {
		group = fallback
	}
	return group, fmt.Sprintf("%s/%s/%s", t.LogPrefix, t.Name, task.ID())
}
