package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"text/tabwriter"

	"slipway/automation/fault"
	"slipway/automation/release"
	"slipway/automation/ui"
)

// waved is what one environment of a promotion to several came to.
type waved struct {
	Environment string          `json:"environment"`
	Wave        int             `json:"wave"`    // from 1
	Outcome     string          `json:"outcome"` // that of its release, or waveNotBegun
	Release     *release.Result `json:"release,omitempty"`
	Error       any             `json:"error,omitempty"`
	err         error
}

// waveNotBegun is the outcome of an environment of a wave after one that failed.
const waveNotBegun = "not begun"

// inWaves promotes to several environments, so many at a time, and no further when one failed.
func (d *Deployer) inWaves(ctx context.Context, s *Session, from string, all []string, size int) error {
	var found []waved
	var failed error
	for wave := range slices.Chunk(all, size) {
		number := len(found)/size + 1
		if failed != nil || ctx.Err() != nil {
			for _, name := range wave {
				found = append(found, waved{Environment: name, Wave: number, Outcome: waveNotBegun})
			}
			continue
		}
		ended := d.wave(ctx, from, wave, number)
		for _, w := range ended {
			failed = errors.Join(failed, w.err)
		}
		found = append(found, ended...)
	}
	code := codeOf(found)
	s.Answer("promote", code, map[string]any{"from": from, "environments": found}, func(out io.Writer) { printWaves(out, found) })
	for _, w := range found {
		if w.err != nil && !s.JSON {
			fault.Print(s.Talk, explain(w.err))
		}
	}
	if code != fault.OK {
		return exit(code)
	}
	return nil
}

// wave promotes to the environments of one wave side by side.
func (d *Deployer) wave(ctx context.Context, from string, names []string, number int) []waved {
	ended := make([]waved, len(names))
	var all sync.WaitGroup
	for i, name := range names {
		all.Go(func() {
			one := *d
			one.Sink = ui.Within(name, d.Sink)
			result, err := one.Promote(ctx, from, name)
			w := waved{Environment: name, Wave: number, Outcome: result.Outcome, err: err}
			if result.Outcome != "" {
				w.Release = &result
			}
			if err != nil {
				w.Error = asData(explain(err))
			}
			if w.Outcome == "" {
				w.Outcome = release.Failed
			}
			ended[i] = w
		})
	}
	all.Wait()
	return ended
}

// codeOf is the exit code of the first failure; that of a result where nothing failed.
func codeOf(all []waved) int {
	for _, w := range all {
		if w.err != nil {
			return fault.CodeOf(w.err)
		}
	}
	for _, w := range all {
		if w.Release != nil && w.Release.Code() != fault.OK {
			return w.Release.Code()
		}
		if w.Outcome == waveNotBegun {
			return fault.Interrupted
		}
	}
	return fault.OK
}

func printWaves(out io.Writer, all []waved) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, w := range all {
		what := w.Outcome
		if w.Release != nil && w.Outcome == release.Released {
			what = fmt.Sprintf("runs %s (%s)\t%s", w.Release.Release.Commit, w.Release.Release.Digest, w.Release.AppURL)
		}
		_, _ = fmt.Fprintf(table, "wave %d\t%s\t%s\n", w.Wave, w.Environment, what)
	}
	_ = table.Flush()
}
