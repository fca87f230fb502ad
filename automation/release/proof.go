package release

import (
	"strings"

	"slipway/automation/cloud"
	"slipway/infra/config"
)

// Proof is what was seen of a release after its rollout. The four answers are computed from the data beside them. The
// release is proved when the first two are true, and the one that Basis asks for.
type Proof struct {
	Requested string    `json:"requested"` // the digest asked for
	Commit    string    `json:"commit"`
	Basis     string    `json:"basis"`    // BasisVersion or BasisHealth
	Path      string    `json:"path"`     // where the app was asked
	Accepted  string    `json:"accepted"` // the statuses of a right answer, as a target group's matcher has them
	Running   []Running `json:"running"`
	Targets   Targets   `json:"targets"`
	Served    []Served  `json:"served"`

	RunningIsRequested bool `json:"runningIsRequested"` // there are tasks, and every one runs the digest
	TargetsAreHealthy  bool `json:"targetsAreHealthy"`  // as many healthy targets lead to them as there are tasks
	ServedIsRequested  bool `json:"servedIsRequested"`  // the app was asked for its version, and every answer names the release
	ServedIsHealthy    bool `json:"servedIsHealthy"`    // the app was asked, and every answer has an accepted status
}

// What the app's answers say in a proof.
const (
	BasisVersion = "version" // which release they come from
	BasisHealth  = "health"  // that the app is well; tasks and targets alone say which release it is
)

// Running is one task with the digest of its app container.
type Running struct {
	Task   string `json:"task"`
	Digest string `json:"digest"`
}

// Targets counts the tasks that the load balancer reaches and finds healthy.
type Targets struct {
	Tasks   int  `json:"tasks"`
	Healthy int  `json:"healthy"`
	Unasked bool `json:"unasked,omitempty"` // there is no load balancer
}

// Served is one answer of the app, through the load balancer. What it says of itself is read at the version path only.
type Served struct {
	Status int    `json:"status,omitempty"`
	Commit string `json:"commit,omitempty"`
	Digest string `json:"digest,omitempty"`
	Task   string `json:"task,omitempty"`
	Error  string `json:"error,omitempty"`
}

// True is whether all that was asked agrees with the release.
func (p Proof) True() bool {
	return p.RunningIsRequested && p.TargetsAreHealthy && p.served()
}

func (p Proof) served() bool {
	if p.Basis == BasisHealth {
		return p.ServedIsHealthy
	}
	return p.ServedIsRequested
}

// right says whether one answer is what the proof rests on.
func (p Proof) right(s Served) bool {
	if p.Basis == BasisHealth {
		return s.Error == "" && accepts(p.Accepted, s.Status)
	}
	return s.names(p.Requested, p.Commit)
}

// accepts says whether a status is one of a target group's matcher.
func accepts(matcher string, status int) bool {
	return config.HealthCheck{Matcher: matcher}.Healthy(status)
}

// onlyOK is the matcher of a target group that names none.
const onlyOK = "200"

// weigh computes the proof's answers from its data.
func (p Proof) weigh() Proof {
	p.RunningIsRequested = len(p.Running) > 0
	for _, t := range p.Running {
		p.RunningIsRequested = p.RunningIsRequested && t.Digest == p.Requested
	}
	p.TargetsAreHealthy = p.Targets.Tasks > 0 && (p.Targets.Unasked || p.Targets.Healthy == p.Targets.Tasks)
	right := len(p.Served) > 0
	well := right
	for _, s := range p.Served {
		right = right && p.right(s)
		well = well && s.Error == "" && accepts(p.Accepted, s.Status)
	}
	p.ServedIsRequested, p.ServedIsHealthy = right && p.Basis != BasisHealth, well
	return p
}

// names is whether an answer says that it comes from the release: it must name
// the digest or the commit, and nothing else in their place.
func (s Served) names(digest, commit string) bool {
	if s.Status != 200 || s.Digest == "" && s.Commit == "" {
		return false
	}
	return (s.Digest == "" || s.Digest == digest) && (s.Commit == "" || s.Commit == commit)
}

// Doubts are the parts of the proof that are not true, in words.
func (p Proof) Doubts() []string {
	var out []string
	if len(p.Running) == 0 {
		out = append(out, "no task runs")
	}
	for _, t := range p.Running {
		if t.Digest != p.Requested {
			out = append(out, "task "+t.Task+" runs "+orNothing(shortDigest(t.Digest))+", not "+shortDigest(p.Requested))
		}
	}
	if !p.TargetsAreHealthy && len(p.Running) > 0 {
		out = append(out, p.Targets.text())
	}
	if len(p.Served) == 0 {
		out = append(out, "the app was not asked at "+p.Path)
	}
	for _, s := range p.Served {
		if !p.right(s) {
			out = append(out, p.told(s))
		}
	}
	return out
}

// appContainer is the name that infra gives the app's container.
const appContainer = "app"

// digestOf is what a task runs: the digest ECS saw pulled, or, where the host told
// none, the digest that its image reference pins.
func digestOf(t cloud.Task) string {
	for _, c := range t.Containers {
		if c.Name != appContainer && len(t.Containers) > 1 {
			continue
		}
		if c.Digest != "" {
			return c.Digest
		}
		_, digest, _ := strings.Cut(c.Image, "@")
		return digest
	}
	return ""
}

func orNothing(text string) string {
	if text == "" {
		return "an unknown image"
	}
	return text
}
