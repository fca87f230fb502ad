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
	p := Proof{Requested: r.image.Digest, Commit: r.image.Commit, Basis: BasisVersion, Path: r.VersionPath, Accepted: onlyOK}
	if r.VersionPath == "" {
		p.Basis, p.Path, p.Accepted = BasisHealth, r.HealthPath, r.HealthStatus
	}
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
	if p.RunningIsRequested && p.TargetsAreHealthy {
		p.Served = r.ask(ctx, p)
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

// ask gets the path of the proof several times and stops at the first answer that is none.
func (r *run) ask(ctx context.Context, p Proof) []Served {
	at := r.site.before
	from, url := r.HTTP, strings.TrimSuffix(at.AppURL, "/")+p.Path
	if from == nil {
		from = asking(p.Basis, at.AppURL, at.LoadBalancer)
	}
	read := readVersion
	if p.Basis == BasisHealth {
		read = readNothing
	}
	var out []Served
	for range answers {
		s := askOnce(ctx, from, url, read)
		out = append(out, s)
		if s.Error != "" {
			break
		}
	}
	return out
}

// asking is the client for a proof. A target group does not follow redirects, and neither does who asks as it does.
func asking(basis, appURL, balancer string) *http.Client {
	client := throughBalancer(appURL, balancer)
	if basis == BasisHealth {
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	}
	return client
}

// mostBytes bounds an answer.
const mostBytes = 64 << 10

func askOnce(ctx context.Context, from Doer, url string, read func(io.Reader, *Served) error) Served {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return Served{Error: err.Error()}
	}
	response, err := from.Do(request)
	if err != nil {
		return Served{Error: unanswered(err)}
	}
	defer func() { _ = response.Body.Close() }()
	var s Served
	if err := read(io.LimitReader(response.Body, mostBytes), &s); err != nil {
		s.Error = err.Error()
	}
	s.Status = response.StatusCode
	return s
}

func readVersion(body io.Reader, s *Served) error {
	if err := json.NewDecoder(body).Decode(s); err != nil {
		return fmt.Errorf("no JSON: %w", err)
	}
	return nil
}

// readNothing takes the body in, so that an answer which breaks off is none.
func readNothing(body io.Reader, _ *Served) error {
	_, err := io.Copy(io.Discard, body)
	return err
}

func (r *run) unproved(p Proof, err error) error {
	evidence := p.Doubts()
	if err != nil {
		evidence = append(evidence, err.Error())
	}
	return &fault.Error{
		Op: r.doing(), Cause: p.cause(), Evidence: evidence, Next: "slipway status " + r.Environment, Err: err,
	}
}

// cause is why the proof did not come true.
func (p Proof) cause() string {
	if p.Basis == BasisHealth && p.RunningIsRequested && p.TargetsAreHealthy {
		return "the image asked for runs, and the app does not answer as its health check wants it"
	}
	return "what runs or answers is not the image asked for"
}

// text says the proof on one line.
func (p Proof) text() string {
	parts := []string{
		fmt.Sprintf("%s runs in %d of %d tasks", shortDigest(p.Requested), len(p.Running), len(p.Running)),
		p.Targets.text(),
	}
	if p.Basis == BasisHealth {
		return strings.Join(append(parts, fmt.Sprintf("%d of %d answers at %s are well (slipway:versionPath is not set: no answer names the release)",
			len(p.Served), len(p.Served), p.Path)), ", ")
	}
	return strings.Join(append(parts, fmt.Sprintf("%d of %d answers name it", len(p.Served), len(p.Served))), ", ")
}

func (t Targets) text() string {
	if t.Unasked {
		return "no load balancer"
	}
	return fmt.Sprintf("%d of %d tasks healthy behind the load balancer", t.Healthy, t.Tasks)
}

// told is an answer that is not what the proof rests on, in words.
func (p Proof) told(s Served) string {
	what := "the app at " + p.Path
	switch {
	case s.Status == http.StatusNotFound && p.Basis == BasisVersion:
		return what + " answered with status 404: without slipway:versionPath nothing is asked there"
	case s.Status != 0 && !accepts(p.Accepted, s.Status):
		return fmt.Sprintf("%s answered with status %d, and not with %s", what, s.Status, p.Accepted)
	case s.Error != "":
		return what + ": " + s.Error
	}
	return fmt.Sprintf("%s answered with commit %s, digest %s", what, quote(s.Commit), quote(s.Digest))
}
