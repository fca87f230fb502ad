// Package diagnose collects why a rollout did not work, before ECS forgets it:
// service events, stopped tasks, target health and the last log lines, with a
// probable cause and the next command. A source that does not answer is noted
// and the rest is still told.
package diagnose

import (
	"context"
	"fmt"
	"regexp"
	"sort"
	"time"

	"golang.org/x/sync/errgroup"

	"slipway/automation/cloud"
)

// Cloud is what a diagnosis asks.
type Cloud interface {
	services
	streams
}

type services interface {
	Service(ctx context.Context, cluster, name string) (cloud.Service, error)
	Tasks(ctx context.Context, cluster, service string, stopped bool) ([]cloud.Task, error)
	Targets(ctx context.Context, targetGroup string) ([]cloud.Target, error)
}

type streams interface {
	Definition(ctx context.Context, arn string) (cloud.Definition, error)
	LastLines(ctx context.Context, group, stream string, n int) ([]string, error)
}

// Request names what to look at. Deployment may be empty; Since bounds the
// service events, and its zero value takes all that ECS has.
type Request struct {
	Environment    string
	Cluster        string
	Service        string
	TaskDefinition string
	Deployment     string
	LogGroup       string
	TargetGroup    string
	Since          time.Time
}

// How much of each source a report keeps.
const (
	mostEvents   = 6
	mostTroubles = 3 // events of what went wrong, with those before the newest ones
	mostTasks    = 3
	mostLines    = 50
	// mostCounted is how many lines are read to say how many came before the last ones.
	mostCounted = 1000
)

// deadline bounds the whole collection: the rollback waits for it.
const deadline = 20 * time.Second

// Collect asks all sources side by side and answers within about twenty seconds.
// It never fails: what could not be read stands in the report's Missing.
func Collect(ctx context.Context, c Cloud, ask Request) Report {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	r := &Report{Environment: ask.Environment, Cluster: ask.Cluster, Service: ask.Service, TaskDefinition: ask.TaskDefinition}
	r.Links = links(ask.TaskDefinition, ask.Cluster, ask.Service, ask.LogGroup)
	var events, tasks, health []string
	var g errgroup.Group
	g.Go(func() error { events = r.readService(ctx, c, ask); return nil })
	g.Go(func() error { tasks = r.readTasks(ctx, c, ask); return nil })
	g.Go(func() error { health = r.readTargets(ctx, c, ask); return nil })
	_ = g.Wait()
	for _, missing := range [][]string{events, tasks, health} {
		r.Missing = append(r.Missing, missing...)
	}
	r.conclude()
	return *r
}

func (r *Report) readService(ctx context.Context, c services, ask Request) []string {
	s, err := c.Service(ctx, ask.Cluster, ask.Service)
	if err != nil {
		return missing("service events", err)
	}
	r.Grace = s.Grace.Seconds()
	for _, d := range s.Deployments {
		if d.ID == ask.Deployment || d.TaskDefinition == ask.TaskDefinition {
			r.Rollout = d.RolloutReason
			break
		}
	}
	r.Events = eventsOf(s.Events, ask.Since)
	return nil
}

// wrong is what an event says of something that went wrong, such as which status a health check got.
var wrong = regexp.MustCompile(`(?i)\b(is unhealthy|was unable|is unable|failed)\b`)

// eventsOf are the newest events since a time, newest first, and before them the newest that say what went wrong: what ECS
// does about it pushes them out.
func eventsOf(all []cloud.Event, since time.Time) (kept []cloud.Event) {
	troubles := 0
	for i, e := range all {
		trouble := wrong.MatchString(e.Message)
		if e.At.Before(since) || i >= mostEvents && (!trouble || troubles == mostTroubles) {
			continue
		}
		if trouble {
			troubles++
		}
		e.Message = Redact(e.Message)
		kept = append(kept, e)
	}
	return kept
}

func (r *Report) readTargets(ctx context.Context, c services, ask Request) []string {
	if ask.TargetGroup == "" {
		return nil
	}
	targets, err := c.Targets(ctx, ask.TargetGroup)
	if err != nil {
		return missing("target health", err)
	}
	r.Targets = targets
	return nil
}

func (r *Report) readTasks(ctx context.Context, c Cloud, ask Request) []string {
	var notes []string
	stopped, err := c.Tasks(ctx, ask.Cluster, ask.Service, true)
	if err != nil {
		notes = missing("stopped tasks", err)
	}
	running, err := c.Tasks(ctx, ask.Cluster, ask.Service, false)
	if err != nil {
		notes = append(notes, missing("running tasks", err)...)
	}
	stopped, running = of(ask.TaskDefinition, stopped), of(ask.TaskDefinition, running)
	sort.SliceStable(stopped, func(i, j int) bool { return stopped[i].Stopped.After(stopped[j].Stopped) })
	for _, t := range stopped[:min(len(stopped), mostTasks)] {
		r.Stopped = append(r.Stopped, stoppedOf(t))
	}
	r.Running = len(running)
	all := append(stopped, running...)
	if len(all) > 0 && len(all[0].Containers) > 0 {
		r.Image = all[0].Containers[0].Image
	}
	if len(all) == 0 || ask.TaskDefinition == "" {
		return notes
	}
	definition, err := c.Definition(ctx, ask.TaskDefinition)
	if err != nil {
		return append(notes, missing("task definition and logs", err)...)
	}
	r.compare(definition, all)
	return append(notes, r.readLogs(ctx, c, definition, ask.LogGroup, all)...)
}

// compare says what the tasks are for and what they ran on, and which port the load balancer asks.
func (r *Report) compare(definition cloud.Definition, tasks []cloud.Task) {
	for _, template := range definition.Containers {
		if template.Port > 0 && r.Port == 0 {
			r.Port = template.Port
		}
	}
	for _, t := range tasks {
		if t.Architecture != "" && definition.Architecture != "" {
			r.Platform = fmt.Sprintf("the task definition is for %s, its tasks run on %s", definition.Architecture, t.Architecture)
			return
		}
	}
}

func of(definition string, all []cloud.Task) []cloud.Task {
	if definition == "" {
		return all
	}
	var out []cloud.Task
	for _, t := range all {
		if t.TaskDefinition == definition {
			out = append(out, t)
		}
	}
	return out
}

func missing(source string, err error) []string {
	return []string{source + ": " + Redact(err.Error())}
}
