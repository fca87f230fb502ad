package release

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"slipway/automation/cloud"
	"slipway/automation/diagnose"
)

// Cloud is what a release asks of AWS.
type Cloud interface {
	identities
	imageStore
	diagnose.Cloud
	// Redeploy makes a service deploy a task definition, also when it is the one that it was asked for last.
	Redeploy(ctx context.Context, cluster, service, taskDefinition string) error
}

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
	told   map[string]bool // service events, by id
	past   map[string]bool // tasks that had stopped before a deployment that was there already was looked at, by ARN
}

// sight is one look at the service.
type sight struct {
	service cloud.Service
	running []cloud.Task // of our task definition
	stopped []cloud.Task
	targets []cloud.Target
	checked bool // there is a target group to ask
}

// look asks for everything side by side.
func (w *watch) look(ctx context.Context) (sight, error) {
	at := w.site.Before
	s := sight{checked: at.TargetGroup != ""}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) { s.service, err = w.Cloud.Service(ctx, at.Cluster, at.Service); return err })
	g.Go(func() (err error) { s.running, err = w.Cloud.Tasks(ctx, at.Cluster, at.Service, false); return err })
	g.Go(func() (err error) { s.stopped, err = w.Cloud.Tasks(ctx, at.Cluster, at.Service, true); return err })
	if s.checked {
		g.Go(func() (err error) { s.targets, err = w.Cloud.Targets(ctx, at.TargetGroup); return err })
	}
	err := g.Wait()
	s.running = slices.DeleteFunc(s.running, func(t cloud.Task) bool {
		return t.TaskDefinition != w.own || t.Status != "RUNNING"
	})
	return s, err
}

// news leaves out the tasks that had stopped at the first look: where nothing was deployed, they are of before.
func (w *watch) news(s sight) sight {
	if w.change.Applied {
		return s
	}
	if w.past == nil {
		w.past = map[string]bool{}
		for _, t := range s.stopped {
			w.past[t.ARN] = true
		}
	}
	s.stopped = slices.DeleteFunc(s.stopped, func(t cloud.Task) bool { return w.past[t.ARN] })
	return s
}

// healthy is how many of our tasks can serve.
func (s sight) healthy() int {
	if !s.checked {
		return len(s.running)
	}
	return healthy(s.running, s.targets)
}

// live needs the deployment's own count and the tasks seen to agree.
func (s sight) live(d cloud.Deployment) bool {
	return d.Running == d.Desired && len(s.running) >= d.Desired && s.healthy() >= d.Desired
}

// tell reports what is new and answers whether anything is.
func (w *watch) tell(s sight) bool {
	deployment, _ := find(s.service, w.own)
	news := false
	for _, e := range slices.Backward(s.service.Events) {
		if e.At.Before(deployment.Created) || w.told[e.ID] {
			continue
		}
		w.told[e.ID], news = true, true
		w.note("%s", brief(e.Message))
	}
	counts := fmt.Sprintf("%d/%d running, %d/%d healthy", deployment.Running, deployment.Desired, s.healthy(), deployment.Desired)
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
