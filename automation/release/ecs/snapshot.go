// Package ecs looks at an environment as ECS and its load balancer show it at one moment. Rollout, proof and status rest on
// the same look.
package ecs

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"slipway/automation/cloud"
)

// Cloud is what a look asks of AWS. Each answer is complete: its pages are read, and throttled calls repeated, below.
type Cloud interface {
	Service(ctx context.Context, cluster, name string) (cloud.Service, error)
	Tasks(ctx context.Context, cluster, service string, stopped bool) ([]cloud.Task, error)
	Targets(ctx context.Context, targetGroup string) ([]cloud.Target, error)
	records
}

// Place is where to look.
type Place struct {
	Cluster     string
	Service     string
	TargetGroup string // "" without a load balancer
}

// Snapshot is a service with its tasks and targets.
type Snapshot struct {
	Service  cloud.Service
	Record   Record       // only when the past is asked for
	Tasks    []cloud.Task // that shall run, of every deployment
	Stopped  []cloud.Task // that ECS still remembers, for about an hour; as Record
	Targets  []cloud.Target
	Balanced bool // there is a load balancer
}

// answerTime bounds a look: a connection that nothing comes back on would hold it until the release's deadline.
const answerTime = 30 * time.Second

// Look asks for everything side by side. A source that does not answer within 30 seconds is an error.
func Look(ctx context.Context, from Cloud, at Place, past bool) (Snapshot, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	s := Snapshot{Balanced: at.TargetGroup != ""}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) { s.Service, err = from.Service(ctx, at.Cluster, at.Service); return err })
	g.Go(func() (err error) { s.Tasks, err = from.Tasks(ctx, at.Cluster, at.Service, false); return err })
	if past {
		g.Go(func() (err error) { s.Record, err = Recall(ctx, from, at); return err })
		g.Go(func() (err error) { s.Stopped, err = from.Tasks(ctx, at.Cluster, at.Service, true); return err })
	}
	if s.Balanced {
		g.Go(func() (err error) { s.Targets, err = from.Targets(ctx, at.TargetGroup); return err })
	}
	err := g.Wait()
	return s, err
}

// Running are the running tasks of a task definition.
func (s Snapshot) Running(taskDefinition string) []cloud.Task {
	var out []cloud.Task
	for _, t := range s.Tasks {
		if t.TaskDefinition == taskDefinition && t.Status == "RUNNING" {
			out = append(out, t)
		}
	}
	return out
}

// Healthy is how many of some tasks can serve: those that the load balancer finds healthy, and all of them without one.
func (s Snapshot) Healthy(tasks []cloud.Task) int {
	if !s.Balanced {
		return len(tasks)
	}
	return healthy(tasks, s.Targets)
}

// Moving is whether ECS still goes from one deployment to another: tasks of the old one may be counted and asked then.
func (s Snapshot) Moving() bool { return len(s.Service.Deployments) > 1 }
