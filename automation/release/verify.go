package release

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"slipway/automation/fault"
	"slipway/automation/release/ecs"
)

// Doer is the part of http.Client that asks the app.
type Doer interface {
	Do(r *http.Request) (*http.Response, error)
}

const (
	// answers is how often the app is asked: enough to meet each of a few targets.
	answers = 5
	// patience is how long the proof may take to come true once ECS has finished the
	// deployment: until then it still counts old tasks, minutes in a large service.
	patience = 2 * time.Minute
)

// verify proves that the digest asked for is the one that runs, is reached by the
// load balancer and answers. With an error, the proof is the last look.
func (p pass) verify(ctx context.Context, site Site, image Image) (Proof, ended, error) {
	var last Proof
	until := p.Clock.Now().Add(patience)
	for pause := shortPause; ; pause = min(pause*3/2, longPause) {
		proof, moving, err := p.look(ctx, site, image)
		if moving || err != nil { // no answer is none against the release
			until = p.Clock.Now().Add(patience)
		}
		if ctx.Err() != nil {
			return last, ended{}, ctx.Err()
		}
		if err == nil {
			last = proof
			if proof.True() {
				return proof, done(proof.text()), nil
			}
		}
		if _, over := expired(err); over {
			return last, ended{}, err
		}
		if now := p.Clock.Now(); !now.Before(until) || !now.Before(p.until) {
			return last, ended{}, p.unproved(proof, err)
		}
		select {
		case <-ctx.Done():
			return last, ended{}, ctx.Err()
		case <-p.Clock.After(pause):
		}
	}
}

// look collects one proof. The app is asked last and only when all else agrees:
// before that its answers say nothing new. It also says whether ECS still goes from one deployment to another.
func (p pass) look(ctx context.Context, site Site, image Image) (proof Proof, moving bool, err error) {
	at := site.Before
	proof = Proof{Requested: image.Digest, Commit: image.Commit, Basis: BasisVersion, Path: p.VersionPath, Accepted: onlyOK}
	if p.VersionPath == "" {
		proof.Basis, proof.Path, proof.Accepted = BasisHealth, p.HealthPath, p.HealthStatus
	}
	s, err := ecs.Look(ctx, p.Cloud, at.place(), false)
	if err != nil {
		return proof, false, err
	}
	for _, t := range s.Tasks {
		proof.Running = append(proof.Running, Running{Task: t.ID(), Digest: digestOf(t)})
	}
	proof.Targets = Targets{Tasks: len(s.Tasks), Unasked: !s.Balanced}
	if s.Balanced {
		proof.Targets.Healthy = s.Healthy(s.Tasks)
	}
	proof = proof.weigh()
	if proof.RunningIsRequested && proof.TargetsAreHealthy {
		proof.Served = ask(ctx, p.HTTP, at, proof)
	}
	return proof.weigh(), s.Moving(), nil
}

// ask gets the path of the proof several times and stops at the first answer that is none.
func ask(ctx context.Context, from Doer, at Environment, p Proof) []Served {
	url := strings.TrimSuffix(at.AppURL, "/") + p.Path
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

func (p pass) unproved(proof Proof, err error) error {
	evidence := proof.Doubts()
	if err != nil {
		evidence = append(evidence, err.Error())
	}
	return &fault.Error{
		Op: p.doing(), Cause: proof.cause(), Evidence: evidence, Next: "slipway status " + p.Environment, Err: err,
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
