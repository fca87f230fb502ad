package ecs

import (
	"slices"

	"slipway/automation/cloud"
)

// behind answers the targets that lead to a task: by its address under awsvpc,
// by its instance and host port under bridge. Draining ones lead nowhere new.
func behind(t cloud.Task, targets []cloud.Target) []cloud.Target {
	var out []cloud.Target
	for _, target := range targets {
		if target.State != "draining" && leads(target, t) {
			out = append(out, target)
		}
	}
	return out
}

func leads(target cloud.Target, t cloud.Task) bool {
	for _, c := range t.Containers {
		if slices.Contains(c.Addresses, target.ID) {
			return true
		}
		if slices.Contains(c.HostPorts, target.Port) && (t.Host == "" || t.Host == target.ID) {
			return true
		}
	}
	return false
}

// healthy counts the tasks that the load balancer reaches and finds healthy.
func healthy(tasks []cloud.Task, targets []cloud.Target) int {
	n := 0
	for _, t := range tasks {
		lead := behind(t, targets)
		well := func(x cloud.Target) bool { return x.State == "healthy" }
		if len(lead) > 0 && !slices.ContainsFunc(lead, func(x cloud.Target) bool { return !well(x) }) {
			n++
		}
	}
	return n
}
