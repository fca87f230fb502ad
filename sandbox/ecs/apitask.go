package ecs

import (
	"cmp"
	"context"

	"slipway/sandbox/awsapi"
)

type describeTasksInput struct {
	Cluster string   `json:"cluster"`
	Tasks   []string `json:"tasks"`
	Include []string `json:"include"` // TAGS, of which tasks here have none of their own
}

type describeTasksOutput struct {
	Tasks    []taskView `json:"tasks"`
	Failures []failure  `json:"failures"`
}

func (s *Service) describeTasks(_ context.Context, in describeTasksInput) (describeTasksOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := describeTasksOutput{[]taskView{}, []failure{}}
	c, err := s.cluster(in.Cluster)
	if err != nil {
		return out, err
	}
	const most = 100 // ECS API reference, DescribeTasks, November 2026
	switch {
	case len(in.Tasks) == 0:
		return out, invalid("Tasks cannot be empty.")
	case len(in.Tasks) > most:
		return out, invalid("Tasks cannot have more than %d elements", most)
	}
	for _, ref := range in.Tasks {
		t := s.tasks[lastPart(ref)]
		if t == nil || t.ClusterARN != c.ClusterARN {
			out.Failures = append(out.Failures, missing(s.Region.ARN("ecs", "task/"+c.ClusterName+"/"+lastPart(ref))))
			continue
		}
		out.Tasks = append(out.Tasks, t.view())
	}
	return out, nil
}

// view is the task as it is now, not changed afterwards.
func (t *task) view() taskView {
	view := t.taskView
	view.Containers = append([]taskContainer{}, t.Containers...)
	return view
}

type listTasksInput struct {
	page
	Cluster       string `json:"cluster"`
	Family        string `json:"family"`
	ServiceName   string `json:"serviceName"`
	DesiredStatus string `json:"desiredStatus"`
	StartedBy     string `json:"startedBy"`
	LaunchType    string `json:"launchType"`
	Instance      string `json:"containerInstance"`
}

type listTasksOutput struct {
	ARNs      []string `json:"taskArns"`
	NextToken string   `json:"nextToken,omitempty"`
}

func (s *Service) listTasks(_ context.Context, in listTasksInput) (out listTasksOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.cluster(in.Cluster)
	if err != nil {
		return out, err
	}
	if in.ServiceName != "" {
		if _, err := s.service(c, in.ServiceName); err != nil {
			return out, err
		}
	}
	var all []string
	for _, t := range s.tasksOf(func(t *task) bool { return t.ClusterARN == c.ClusterARN && in.takes(s, t) }) {
		all = append(all, t.TaskARN)
	}
	out.ARNs, out.NextToken, err = in.cut(all)
	return out, err
}

func (in listTasksInput) takes(s *Service, t *task) bool {
	matches := func(want, got string) bool { return want == "" || want == got }
	return t.DesiredStatus == cmp.Or(in.DesiredStatus, "RUNNING") &&
		matches(in.Family, s.definitions[t.Internal.Definition].Family) &&
		matches(lastPart(in.ServiceName), lastPart(t.Internal.Service)) &&
		matches(in.StartedBy, t.StartedBy) && matches(in.LaunchType, t.LaunchType) &&
		matches(lastPart(in.Instance), lastPart(t.InstanceARN))
}

type stopTaskInput struct {
	Cluster string `json:"cluster"`
	Task    string `json:"task"`
	Reason  string `json:"reason"`
}

type stopTaskOutput struct {
	Task taskView `json:"task"`
}

func (s *Service) apiStopTask(_ context.Context, in stopTaskInput) (out stopTaskOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.cluster(in.Cluster)
	if err != nil {
		return out, err
	}
	t := s.tasks[lastPart(in.Task)]
	if t == nil || t.ClusterARN != c.ClusterARN {
		return out, awsapi.Errorf("InvalidParameterException", "The referenced task was not found.")
	}
	s.stopTask(t, "UserInitiated", cmp.Or(in.Reason, "Task stopped by user"))
	return stopTaskOutput{t.view()}, nil
}
