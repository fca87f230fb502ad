package ecs

// place returns how many of n tasks fit into the memory of the container instance beside those that are on it.
// Fargate has room for all.
func (s *Service) place(v *service, d *deployment, n int) int {
	if n <= 0 || v.launchType() != "EC2" {
		return n
	}
	fit := s.room("EC2", s.definitions[lastPart(d.TaskDefinition)], n)
	if crowded := fit < n; crowded != v.Internal.Crowded {
		v.Internal.Crowded = crowded
		if crowded {
			s.say(v, "was unable to place a task because no container instance met all of its requirements. "+
				"The closest matching (container-instance %s) has insufficient memory available. "+
				"For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
				lastPart(s.clusters[lastPart(v.ClusterARN)].Internal.ARN))
		}
	}
	return fit
}
