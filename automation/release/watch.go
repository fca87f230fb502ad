package release

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"time"

	"slipway/automation/cloud"
	"slipway/automation/diagnose"
	"slipway/automation/release/ecs"
	"slipway/automation/ui"
)

// Cloud is what a release asks of AWS.
type Cloud interface {
	identities
	imageStore
	diagnose.Cloud
	ServiceDeployments(ctx context.Context, cluster, service string, after time.Time) ([]cloud.ServiceDeployment, error)
	// Redeploy makes a service deploy a task definition, also when it is the one that it was asked for last.
	Redeploy(ctx context.Context, cluster, service, taskDefinition string) error
}

// The pauses between two looks at a service: short while something happens.
const (
	shortPause = 250 * time.Millisecond
	longPause  = 2 * time.Second
)

// settle is how long DescribeServices may show a service as it was before its
// update: ECS promises no more than eventual consistency.
const settle = 5 * time.Second

// watch follows one rollout.
type watch struct {
	pass
	site   Site
	change Change
	own    string // our task definition
	begun  time.Time
	known  bool // our deployment was seen
	waited bool // it was not live at the first look
	counts string
	asked  time.Time       // when the ledger was asked last whether the release still counts
	lost   time.Time       // when AWS stopped answering; zero while it does
	told   map[string]bool // service events, by id
	past   map[string]bool // tasks that had stopped before a deployment that was there already was looked at, by ARN; nil before that
}

// look is one look at the service and its stopped tasks.
func (w *watch) look(ctx context.Context) (ecs.Snapshot, error) {
	return ecs.Look(ctx, w.Cloud, w.site.Before.place(), true)
}

// news leaves out the tasks that had stopped at the first look, and the events that were there: where nothing was deployed,
// they are of before.
func (w *watch) news(s ecs.Snapshot) ecs.Snapshot {
	if w.change.Applied {
		return s
	}
	if w.past == nil {
		w.past = map[string]bool{}
		for _, t := range s.Stopped {
			w.past[t.ARN] = true
		}
		for _, e := range s.Service.Events {
			w.told[e.ID] = true
		}
	}
	s.Stopped = slices.DeleteFunc(s.Stopped, func(t cloud.Task) bool { return w.past[t.ARN] })
	return s
}

// serves needs the deployment's own count and the tasks seen to agree.
func serves(s ecs.Snapshot, d cloud.Deployment) bool {
	running := s.Running(d.TaskDefinition)
	return d.Running == d.Desired && len(running) >= d.Desired && s.Healthy(running) >= d.Desired
}

// endedBy is what ended this release in the ledger; it is asked every other second.
func (w *watch) endedBy(ctx context.Context) string {
	if w.repair || w.Clock.Since(w.asked) < longPause {
		return ""
	}
	w.asked = w.Clock.Now()
	return taken(w.wanted(ctx))
}

// unseen says, once, that AWS does not answer: what happens is up to ECS, whether we see it or not.
func (w *watch) unseen(err error) {
	if w.lost.IsZero() {
		w.lost = w.Clock.Now()
		w.warn("the rollout cannot be seen now, and goes on: %s", ui.FirstLine(err.Error()))
	}
}

func (w *watch) seen() {
	if !w.lost.IsZero() {
		w.note("the rollout is seen again after %s", w.Clock.Since(w.lost).Round(time.Second))
		w.lost = time.Time{}
	}
}

// tell reports what is new and answers whether anything is.
func (w *watch) tell(s ecs.Snapshot) bool {
	deployment, _ := find(s.Service, w.own)
	news := false
	for _, e := range slices.Backward(s.Service.Events) {
		if e.At.Before(deployment.Created) || w.told[e.ID] {
			continue
		}
		w.told[e.ID], news = true, true
		w.note("%s", brief(e.Message))
	}
	counts := fmt.Sprintf("%d/%d running, %d/%d healthy", deployment.Running, deployment.Desired, s.Healthy(s.Running(w.own)), deployment.Desired)
	if counts != w.counts {
		w.counts, news = counts, true
		w.note("%s", counts)
	}
	return news
}

// Parts of an event's message that are the same in every one, and longer than the rest of it.
var (
	ofService = regexp.MustCompile(`^\(service [^)]*\) `)
	targetARN = regexp.MustCompile(`arn:\S+:targetgroup/([^/]+)/[0-9a-f]+`)
)

// brief is the message of a service's event as one line of progress.
func brief(message string) string {
	return "ECS: " + targetARN.ReplaceAllString(ofService.ReplaceAllString(message, ""), "$1")
}
