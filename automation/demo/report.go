package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"slipway/automation/pipeline"
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
	doubt := func(holds bool, format string, args ...any) {
		if !holds {
			doubts = append(doubts, fmt.Sprintf(format, args...))
		}
	}
	for i, p := range []Passage{r.First, r.Second} {
		for _, at := range []struct {
			environment string
			proof       release.Proof
		}{{first, p.First}, {second, p.Second}} {
			doubt(at.proof.True(), "push %d in %s: %s", i+1, at.environment, strings.Join(at.proof.Doubts(), "; "))
			doubt(at.proof.Requested == p.Digest && p.Digest != "", "push %d in %s: another digest was looked for", i+1, at.environment)
		}
		doubt(p.Ended.Status == "Succeeded", "push %d: its execution ended as %q", i+1, p.Ended.Status)
	}
	doubt(r.First.Digest != r.Second.Digest, "both pushes have the same digest")
	if r.Coloured {
		doubt(r.After == other(r.Before), "the colour is %q after the change, not %q", r.After, other(r.Before))
		doubt(r.Staging == r.After, "%s serves %q, not %q", second, r.Staging, r.After)
	}
	doubt(r.Load.Failed == 0 && r.Load.Requests > 0, "%d of %d requests failed: %s",
		r.Load.Failed, r.Load.Requests, strings.Join(r.Load.Errors, "; "))
	doubt(r.PushToLive > 0, "no request under load saw the new colour")
	return doubts
}

// Print writes the result as one screen of text.
func (r Result) Print(w io.Writer) {
	row := func(name, format string, args ...any) {
		_, _ = fmt.Fprintf(w, "%-12s "+format+"\n", append([]any{name}, args...)...)
	}
	_, _ = fmt.Fprintln(w)
	if r.Coloured {
		row("colour", "%s → %s in %s, then in %s", r.Before, r.After, first, second)
	}
	row("requests", "%d made, %d failed, %.0f a second (median %s, 99th percentile %s)",
		r.Load.Requests, r.Load.Failed, r.Load.Rate, r.Load.P50.Round(time.Millisecond), r.Load.P99.Round(time.Millisecond))
	row("pushed", "commit %s", r.Second.Commit)
	row("built", "%s, once", r.Second.Digest)
	for _, at := range []struct {
		environment string
		proof       release.Proof
	}{{first, r.Second.First}, {second, r.Second.Second}} {
		said := "name it"
		if at.proof.Basis == release.BasisHealth {
			said = "at " + at.proof.Path + " are well"
		}
		row(at.environment, "%d tasks run it, %d of %d targets are healthy, %d answers %s",
			len(at.proof.Running), at.proof.Targets.Healthy, at.proof.Targets.Tasks, len(at.proof.Served), said)
	}
	row("time", "%.1f s from push to live (%s); %s", r.PushToLive, actions(r.Second.Built, first), actions(r.Second.Ended, second))
	if doubts := r.Doubts(); len(doubts) > 0 {
		_, _ = fmt.Fprintf(w, "\nnot proved:\n  %s\n", strings.Join(doubts, "\n  "))
		return
	}
	row("proved", "all of it, in %.0f s", r.Seconds)
}

// actions says how long each action of a stage took that did not wait for a person.
func actions(r pipeline.Result, stage string) string {
	var parts []string
	for _, a := range r.Actions {
		if a.Stage == stage && !a.End.IsZero() && a.Category != "Approval" {
			parts = append(parts, fmt.Sprintf("%s %.1f s", a.Name, a.End.Sub(a.Start).Seconds()))
		}
	}
	return strings.Join(parts, ", ")
}
