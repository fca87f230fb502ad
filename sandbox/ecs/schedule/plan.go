package schedule

import (
	"cmp"
	"slices"
	"time"
)

// Health is what the scheduler knows about a task that is not stopping.
type Health int

// The stages of a task.
const (
	Unhealthy Health = iota // it has to be replaced
	Starting                // not RUNNING yet
	Unproven                // RUNNING, without a verdict of its health checks
	Healthy                 // RUNNING and passing every health check it has
)

// Task is a task of a service that is alive: its desired status is RUNNING.
type Task struct {
	ID      string
	Primary bool // belongs to the PRIMARY deployment
	Health  Health
	Created time.Time
}

// Input is the state of a service that a plan is made from.
type Input struct {
	Desired        int
	MinimumPercent int
	MaximumPercent int
	Tasks          []Task
	Failed         bool // the PRIMARY deployment has failed: nothing may be started for it
}

// Plan is what to do now. Another one is made when something has changed.
type Plan struct {
	Start   int      // tasks to start for the PRIMARY deployment
	Refill  int      // tasks to start for the newest completed deployment, when the PRIMARY one has failed
	Stop    []string // ids of tasks to stop
	Blocked bool     // the percentages allow neither a start nor a stop
}

// Next returns the next step from what runs to the desired number of tasks of the PRIMARY deployment.
// Old tasks go only when healthy new ones stand in for them, or down to the minimum
// when the maximum leaves no room to start. The same holds for unhealthy tasks: they go when their replacements are
// healthy, or one at a time when there is no room to start a replacement first (ECS developer guide, "Amazon ECS services",
// Service scheduler concepts, November 2026).
func Next(in Input) Plan {
	primary, old := split(in.Tasks)
	ill := count(primary, Unhealthy)
	if in.Failed {
		return Plan{Refill: max(0, in.Desired-len(in.Tasks)+ill), Stop: ids(primary[:ill])}
	}
	keep, stop := trim(primary[ill:], in.Desired)
	keptIll := min(ill, max(0, in.Desired-healthy(keep)))
	stop = append(stop, ids(primary[:ill-keptIll])...)
	keptOld, stopOld := retire(keep, old, in.Desired)
	stop = append(stop, stopOld...)

	minHealthy, maxAlive := Limits(in.Desired, in.MinimumPercent, in.MaximumPercent)
	need := in.Desired - len(keep)
	room := maxAlive - len(keep) - len(keptOld) - keptIll
	plan := Plan{Start: max(0, min(need, room)), Stop: stop}
	if need > 0 && plan.Start == 0 && keptIll > 0 {
		plan.Stop = append(plan.Stop, primary[ill-1].ID)
		return plan
	}
	if need > 0 && plan.Start == 0 {
		more := makeRoom(keptOld, need, healthy(keep)+healthy(keptOld)-minHealthy)
		plan.Stop = append(plan.Stop, more...)
		plan.Blocked = len(plan.Stop) == 0 && healthy(keep) == len(keep)
	}
	return plan
}

// split parts the tasks by deployment, each in the order in which it may be given up: least proven first.
func split(tasks []Task) (primary, old []Task) {
	for _, t := range tasks {
		if t.Primary {
			primary = append(primary, t)
		} else {
			old = append(old, t)
		}
	}
	slices.SortStableFunc(primary, func(a, b Task) int {
		return cmp.Or(cmp.Compare(a.Health, b.Health), b.Created.Compare(a.Created))
	})
	slices.SortStableFunc(old, func(a, b Task) int {
		return cmp.Or(cmp.Compare(a.Health, b.Health), a.Created.Compare(b.Created))
	})
	return primary, old
}

// trim takes away what the PRIMARY deployment has over the desired number.
func trim(primary []Task, desired int) (keep []Task, stop []string) {
	over := max(0, len(primary)-desired)
	return primary[over:], ids(primary[:over])
}

// retire takes away old tasks that are not needed any more: those still starting,
// as many healthy ones as there are above the desired number, and all once the new ones are enough.
func retire(primary, old []Task, desired int) (keep []Task, stop []string) {
	if healthy(primary) >= desired {
		return nil, ids(old)
	}
	spare := healthy(primary) + healthy(old) - desired
	for _, t := range old {
		switch {
		case t.Health == Starting:
			stop = append(stop, t.ID)
		case t.Health == Healthy && spare > 0:
			spare--
			stop = append(stop, t.ID)
		default:
			keep = append(keep, t)
		}
	}
	return keep, stop
}

// makeRoom picks old tasks to stop before their successors start.
func makeRoom(old []Task, need, spare int) (stop []string) {
	for _, t := range old {
		if len(stop) == need {
			break
		}
		if t.Health == Healthy {
			if spare <= 0 {
				continue
			}
			spare--
		}
		stop = append(stop, t.ID)
	}
	return stop
}

func healthy(tasks []Task) int { return count(tasks, Healthy) }

func count(tasks []Task, h Health) (n int) {
	for _, t := range tasks {
		if t.Health == h {
			n++
		}
	}
	return n
}

func ids(tasks []Task) (ids []string) {
	for _, t := range tasks {
		ids = append(ids, t.ID)
	}
	return ids
}
