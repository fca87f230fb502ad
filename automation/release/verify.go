package release

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"slipway/automation/cloud"
	"slipway/automation/fault"
)

// Doer is the part of http.Client that asks the app.
type Doer interface {
	Do(r *http.Request) (*http.Response, error)
}

// verify proves that the digest asked for is the one that runs, is reached by the
// load balancer and answers.
type verify struct{}

func (verify) Name() string { return "verify" }

const (
	// answers is how often the app is asked: enough to meet each of a few targets.
	answers = 5
	// patience is how long the proof may take to come true: old tasks that are
	// still asked to stop are counted as running until ECS has told them.
	patience = 2 * time.Minute
)

func (verify) Run(ctx context.Context, r *run) (ended, error) {
	until := r.Clock.Now().Add(patience)
	if until.After(r.until) {
		until = r.until
	}
	for pause := shortPause; ; pause = min(pause*3/2, longPause) {
		proof, err := r.prove(ctx)
		if ctx.Err() != nil {
			return ended{}, ctx.Err()
		}
		if err == nil {
			r.proof = proof
			if proof.True() {
				return done(proof.text())
			}
		}
		if over, expired := r.expired(err); expired {
			return ended{}, over
		}
		if !r.Clock.Now().Before(until) {
			return ended{}, r.unproved(proof, err)
		}
		select {
		case <-ctx.Done():
			return ended{}, ctx.Err()
		case <-r.Clock.After(pause):
		}
	}
}

// prove collects one proof. The app is asked last and only when all else agrees:
// before that its answers say nothing new.
func (r *run) prove(ctx context.Context) (Proof, error) {
	at := r.site.before
	p := Proof{Requested: r.image.Digest, Commit: r.image.Commit, ServedUnasked: r.VersionPath == ""}
	tasks, err := r.Cloud.Tasks(ctx, at.Cluster, at.Service, false)
	if err != nil {
		return p, err
	}
	for _, t := range tasks {
		p.Running = append(p.Running, Running{Task: t.ID(), Digest: digestOf(t)})
	}
	if p.Targets, err = r.reached(ctx, tasks); err != nil {
		return p, err
	}
	p = p.weigh()
	if p.RunningIsRequested && p.TargetsAreHealthy && !p.ServedUnasked {
		p.Served = r.ask(ctx)
	}
	return p.weigh(), nil
}

func (r *run) reached(ctx context.Context, tasks []cloud.Task) (Targets, error) {
	t := Targets{Tasks: len(tasks), Unasked: r.site.before.TargetGroup == ""}
	if t.Unasked {
		return t, nil
	}
	targets, err := r.Cloud.Targets(ctx, r.site.before.TargetGroup)
	t.Healthy = healthy(tasks, targets)
	return t, err
}

// ask gets the version several times and stops at the first answer that is none.
func (r *run) ask(ctx context.Context) []Served {
	at := r.site.before
	from, url := r.HTTP, strings.TrimSuffix(at.AppURL, "/")+r.VersionPath
	if from == nil {
		from = throughBalancer(at.AppURL, at.LoadBalancer)
	}
	var out []Served
	for range answers {
		s := askOnce(ctx, from, url)
		out = append(out, s)
		if s.Error != "" {
			break
		}
	}
	return out
}

// mostBytes bounds a version answer.
const mostBytes = 64 << 10

func askOnce(ctx context.Context, from Doer, url string) Served {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return Served{Error: err.Error()}
	}
	response, err := from.Do(request)
	if err != nil {
		return Served{Error: unanswered(err)}
	}
	defer func() { _ = response.Body.Close() }()
	s := Served{Status: response.StatusCode}
	if err := json.NewDecoder(io.LimitReader(response.Body, mostBytes)).Decode(&s); err != nil {
		s.Error = "no JSON: " + err.Error()
	}
	s.Status = response.StatusCode
	return s
}

func (r *run) unproved(p Proof, err error) error {
	evidence := p.Doubts()
	if err != nil {
		evidence = append(evidence, err.Error())
	}
	return &fault.Error{
		Op: r.doing(), Cause: "what runs or answers is not the image asked for", Evidence: evidence,
		Next: "slipway status " + r.Environment, Err: err,
	}
}

// text says the proof on one line.
func (p Proof) text() string {
	parts := []string{
		fmt.Sprintf("%s runs in %d of %d tasks", shortDigest(p.Requested), len(p.Running), len(p.Running)),
		p.Targets.text(),
	}
	if p.ServedUnasked {
		return strings.Join(append(parts, "version answer switched off"), ", ")
	}
	return strings.Join(append(parts, fmt.Sprintf("%d of %d answers", len(p.Served), len(p.Served))), ", ")
}

func (t Targets) text() string {
	if t.Unasked {
		return "no load balancer"
	}
	return fmt.Sprintf("%d of %d tasks healthy behind the load balancer", t.Healthy, t.Tasks)
}

func (s Served) text() string {
	if s.Error != "" {
		return "the app's version answer: " + s.Error
	}
	return fmt.Sprintf("the app answered with status %d, commit %s, digest %s", s.Status, quote(s.Commit), quote(s.Digest))
}
