package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"slipway/automation/engine"
	"slipway/automation/fault"
	"slipway/infra/outputs"
)

// delivering is the status of a delivery stack.
type delivering struct {
	Stack      string `json:"stack"`
	Exists     bool   `json:"exists"`
	Pipeline   string `json:"pipeline,omitempty"`
	URL        string `json:"pipelineUrl,omitempty"`
	Repository string `json:"repository,omitempty"` // of images
	Source     string `json:"source,omitempty"`     // where git clones from, or owner/name
	Branch     string `json:"branch,omitempty"`
	Jenkins    string `json:"jenkinsUrl,omitempty"`
}

// statusOfDelivery answers what a delivery stack has. How its pipeline goes is what pipeline status tells.
func (d *Deployer) statusOfDelivery(ctx context.Context, s *Session, name string) error {
	stack, err := engine.Open(ctx, engine.Options{Project: d.Project, Name: name, Sink: d.Sink, Timeout: d.Timeout, Existing: true, Hide: d.Hide})
	if err != nil {
		return err
	}
	defer stack.Close()
	known, err := stack.Outputs(ctx)
	if err != nil && !errors.Is(err, engine.ErrNotFound) {
		return err
	}
	text := func(output string) string { value, _ := known[output].(string); return value }
	found := delivering{
		Stack: name, Exists: text(outputs.RepositoryURL) != "", Pipeline: text(outputs.PipelineName), URL: text(outputs.PipelineURL),
		Repository: text(outputs.RepositoryURL), Source: orDefault(text(outputs.SourceCloneURL), text(outputs.SourceRepository)),
		Branch: text(outputs.SourceBranch), Jenkins: text(outputs.JenkinsURL),
	}
	s.Answer("status", fault.OK, map[string]any{"environments": []any{}, "delivery": found}, func(out io.Writer) { found.print(out) })
	return nil
}

func (d delivering) print(out io.Writer) {
	if !d.Exists {
		_, _ = fmt.Fprintf(out, "%s  does not exist: slipway up %s\n", d.Stack, d.Stack)
		return
	}
	_, _ = fmt.Fprintln(out, d.Stack)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, row := range [][2]string{
		{"pipeline", d.Pipeline}, {"", d.URL}, {"images", d.Repository}, {"source", d.Source}, {"branch", d.Branch}, {"Jenkins", d.Jenkins},
		{"executions", "slipway pipeline status"},
	} {
		if row[1] != "" {
			_, _ = fmt.Fprintf(table, "  %s\t%s\n", row[0], row[1])
		}
	}
	_ = table.Flush()
}
