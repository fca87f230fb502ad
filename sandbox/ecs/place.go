package ecs

import (
	"slices"
	"strings"

	"slipway/sandbox/network"
)

// place returns how many of n tasks fit on the container instances beside those that are on them. Fargate has room for
// all.
func (s *Service) place(v *service, d *deployment, n int) int {
	if n <= 0 || v.launchType() != "EC2" {
		return n
	}
	c := s.clusters[lastPart(v.ClusterARN)]
	fit, lacks := 0, ""
	if len(s.instances(c)) > 0 {
		fit, lacks = s.room(c, "EC2", s.definitions[lastPart(d.TaskDefinition)], n)
	}
	if crowded := fit < n; crowded != v.Internal.Crowded {
		v.Internal.Crowded = crowded
		if crowded {
			s.sayCrowded(v, c, lacks)
		}
	}
	return fit
}

// sayCrowded says why a task was not placed (ECS developer guide, "Amazon ECS service event messages", November 2026).
func (s *Service) sayCrowded(v *service, c *cluster, lacks string) {
	const troubleshooting = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
	if lacks == "" {
		s.say(v, "was unable to place a task because no container instance met all of its requirements. "+
			"Reason: No Container Instances were found in your cluster. "+troubleshooting)
		if s.Network != nil {
			if _, _, why := s.Network.Fleet(c.ClusterName); why != nil {
				s.Log.Warn("no container instance joins a cluster", "cluster", c.ClusterName, "error", why)
			}
		}
		return
	}
	s.say(v, "was unable to place a task because no container instance met all of its requirements. "+
		"The closest matching (container-instance %s) has insufficient %s available. "+troubleshooting, lastPart(c.Internal.ARN), lacks)
}

// instances are the container instances of a cluster: one, which stands for those of the Auto Scaling group whose user data
// names the cluster, or without a declared network for this machine. A cluster with Fargate's capacity providers only has
// none.
func (s *Service) instances(c *cluster) []string {
	if len(c.CapacityProviders) > 0 && !slices.ContainsFunc(c.CapacityProviders, func(p string) bool { return !strings.HasPrefix(p, "FARGATE") }) {
		return nil
	}
	if s.Network != nil {
		if _, found, err := s.Network.Fleet(c.ClusterName); !found || err != nil {
			return nil
		}
	}
	return []string{c.Internal.ARN}
}

// fleet is what is declared of the container instances of a cluster.
func (s *Service) fleet(c *cluster) network.Fleet {
	if s.Network == nil {
		return network.Fleet{}
	}
	f, _, _ := s.Network.Fleet(c.ClusterName)
	return f
}

// room is how many of n tasks fit beside those that run, and what they lack otherwise, memory or cpu: each on one of the
// instances that the cluster may have, and all together on this machine. Fargate has room for all.
func (s *Service) room(c *cluster, launchType string, d *taskDefinition, n int) (fit int, lacks string) {
	if launchType != "EC2" {
		return n, ""
	}
	var here []network.Size
	machine := s.memory
	for _, t := range s.tasks {
		if t.LaunchType != "EC2" || t.stopped() {
			continue
		}
		size := s.definitions[t.Internal.Definition].size()
		machine -= size.Memory
		if t.ClusterARN == c.ClusterARN {
			here = append(here, size)
		}
	}
	hosts, each := newHosts(s.fleet(c), here), d.size()
	for fit < n {
		if each.Memory > machine {
			return fit, "memory"
		}
		if lacks = hosts.put(each); lacks != "" {
			return fit, lacks
		}
		machine -= each.Memory
		fit++
	}
	return fit, ""
}

// hosts are what is free on the instances of a fleet; nil for a fleet of instances whose size is not known.
type hosts []network.Size

// newHosts puts the largest tasks first, each where it fits.
func newHosts(f network.Fleet, tasks []network.Size) hosts {
	if f.Size == (network.Size{}) {
		return nil
	}
	all := make(hosts, f.Most)
	for i := range all {
		all[i] = f.Size
	}
	slices.SortFunc(tasks, func(a, b network.Size) int { return int(b.Memory - a.Memory) })
	for _, t := range tasks {
		all.put(t)
	}
	return all
}

// put places a task, or says what it lacks.
func (h hosts) put(t network.Size) (lacks string) {
	if h == nil {
		return ""
	}
	lacks = "memory"
	for i, free := range h {
		switch {
		case t.Memory > free.Memory:
		case t.CPU > free.CPU:
			lacks = "CPU"
		default:
			h[i].Memory, h[i].CPU = free.Memory-t.Memory, free.CPU-t.CPU
			return ""
		}
	}
	return lacks
}

// size is what a task takes of its container instance.
func (d *taskDefinition) size() network.Size {
	return network.Size{CPU: d.ReservedCPU(), Memory: d.Reserved()}
}
