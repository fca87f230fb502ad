package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"slipway/automation/release"
)

// versionPath is where the app answers what it is.
const versionPath = "/version"

// servedColour asks the running app for its colour.
func servedColour(ctx context.Context, url string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+versionPath, nil)
	if err != nil {
		return "", err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", fmt.Errorf("asking the app for its colour: %w", err)
	}
	defer res.Body.Close()
	var version struct{ Colour string }
	if err := json.NewDecoder(res.Body).Decode(&version); err != nil {
		return "", fmt.Errorf("asking the app for its colour: status %d: %w", res.StatusCode, err)
	}
	return version.Colour, nil
}

// Doubts lists what the demo did not prove; none means that all of it holds.
func (r Result) Doubts() (doubts []string) {
	for i, one := range []release.Result{r.First, r.Second} {
		for _, d := range one.Proof.Doubts() {
			doubts = append(doubts, fmt.Sprintf("release %d: %s", i+1, d))
		}
	}
	if r.First.Release.Digest == r.Second.Release.Digest {
		doubts = append(doubts, "both releases have the same digest")
	}
	if r.After != other(r.Before) {
		doubts = append(doubts, fmt.Sprintf("the colour is %q after the change, not %q", r.After, other(r.Before)))
	}
	if r.Load.Failed > 0 || r.Load.Requests == 0 {
		doubts = append(doubts, fmt.Sprintf("%d of %d requests failed: %s",
			r.Load.Failed, r.Load.Requests, strings.Join(r.Load.Errors, "; ")))
	}
	return doubts
}

// Print writes the result as one screen of text.
func (r Result) Print(w io.Writer) {
	fmt.Fprintf(w, "\n%-12s %s → %s\n", "colour", r.Before, r.After)
	fmt.Fprintf(w, "%-12s %d made, %d failed, %.0f a second (median %s, 99th percentile %s)\n", "requests",
		r.Load.Requests, r.Load.Failed, r.Load.Rate, r.Load.P50.Round(time.Millisecond), r.Load.P99.Round(time.Millisecond))
	p := r.Second.Proof
	fmt.Fprintf(w, "%-12s requested %s\n", "proof", p.Requested)
	for _, t := range p.Running {
		fmt.Fprintf(w, "%-12s running   %s in task %s\n", "", t.Digest, t.Task[strings.LastIndex(t.Task, "/")+1:])
	}
	fmt.Fprintf(w, "%-12s healthy   %d of %d targets\n", "", p.Targets.Healthy, p.Targets.Tasks)
	for _, s := range p.Served[:min(1, len(p.Served))] {
		fmt.Fprintf(w, "%-12s served    %s, commit %s (%d answers)\n", "", s.Digest, s.Commit, len(p.Served))
	}
	fmt.Fprintf(w, "%-12s %s\n", "time", times(r.Second.Steps))
	if doubts := r.Doubts(); len(doubts) > 0 {
		fmt.Fprintf(w, "\nnot proved:\n  %s\n", strings.Join(doubts, "\n  "))
		return
	}
	fmt.Fprintf(w, "%-12s all of it, in %.0f s\n", "proved", r.Seconds)
}

// times says how long each step of a release took.
func times(steps []release.StepTime) string {
	parts := make([]string, len(steps))
	for i, s := range steps {
		parts[i] = fmt.Sprintf("%s %.1f s", s.Name, s.Seconds)
	}
	return strings.Join(parts, ", ")
}
