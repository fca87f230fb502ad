package ecs

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"slipway/sandbox/awsapi"
)

func (d *taskDefinition) key() string { return d.Family + ":" + strconv.Itoa(d.Revision) }

func (v *service) key() string { return lastPart(v.ClusterARN) + "/" + v.ServiceName }

// lastPart is what follows the last slash: the name in a cluster's or a service's ARN.
func lastPart(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

// cluster finds an active cluster by its name or ARN; an empty one means "default".
func (s *Service) cluster(ref string) (*cluster, error) {
	c := s.clusters[lastPart(cmp.Or(ref, "default"))]
	if c == nil || c.Status != "ACTIVE" {
		return nil, awsapi.Errorf("ClusterNotFoundException", "Cluster not found.")
	}
	return c, nil
}

// service finds a service by its name or ARN.
func (s *Service) service(c *cluster, ref string) (*service, error) {
	v := s.services[c.ClusterName+"/"+lastPart(ref)]
	if v == nil {
		return nil, awsapi.Errorf("ServiceNotFoundException", "Service not found.")
	}
	return v, nil
}

// definition finds a task definition by family (its newest active revision), family:revision or ARN.
func (s *Service) definition(ref string) (*taskDefinition, error) {
	name := lastPart(ref)
	if d := s.definitions[name]; d != nil {
		return d, nil
	}
	if d := s.newest(name); d != nil {
		return d, nil
	}
	return nil, awsapi.Errorf("ClientException", "Unable to describe task definition.")
}

func (s *Service) newest(family string) (found *taskDefinition) {
	for _, d := range s.definitions {
		if d.Family == family && d.Status == "ACTIVE" && (found == nil || d.Revision > found.Revision) {
			found = d
		}
	}
	return found
}

// tasksOf returns the tasks that a filter takes, oldest first.
func (s *Service) tasksOf(take func(*task) bool) (found []*task) {
	for _, t := range s.tasks {
		if take(t) {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, func(a, b *task) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt.Time), cmp.Compare(a.Internal.ID, b.Internal.ID))
	})
	return found
}

func (t *task) alive() bool    { return t.DesiredStatus == "RUNNING" }
func (t *task) stopped() bool  { return t.LastStatus == "STOPPED" }
func (t *task) running() bool  { return t.LastStatus == "RUNNING" }
func (t *task) starting() bool { return t.alive() && !t.running() }

// unstopped returns the tasks of a service that are not STOPPED.
func (s *Service) unstopped(v *service) []*task {
	key := v.key()
	return s.tasksOf(func(t *task) bool { return t.Internal.Service == key && !t.stopped() })
}

// RolesOf returns the ARNs of the execution role and the task role of a task definition, empty for none.
func (s *Service) RolesOf(definition string) (execution, task string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.definition(definition)
	if err != nil {
		return "", ""
	}
	return d.ExecutionRoleARN, d.TaskRoleARN
}
