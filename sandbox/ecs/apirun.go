package ecs

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/ecs/definition"
)

// runTaskInput has the members of RunTask that are done here. Any other one is refused, never ignored.
type runTaskInput struct {
	Cluster        string           `json:"cluster"`
	TaskDefinition string           `json:"taskDefinition"`
	Count          *int             `json:"count"`
	LaunchType     string           `json:"launchType"`
	Strategy       []strategyItem   `json:"capacityProviderStrategy"`
	Network        *networkSettings `json:"networkConfiguration"`
	Overrides      *overrides       `json:"overrides"`
	StartedBy      string           `json:"startedBy"`
	Group          string           `json:"group"`
	Platform       string           `json:"platformVersion"`
	ManagedTags    bool             `json:"enableECSManagedTags"`
	ExecuteCommand bool             `json:"enableExecuteCommand"`
	PropagateTags  string           `json:"propagateTags"`
	Tags           []tag            `json:"tags"`
	ClientToken    string           `json:"clientToken"`
}

// overrides are what a task does differently from its definition.
type overrides struct {
	Containers []containerOverride `json:"containerOverrides"`
}

type containerOverride struct {
	Name        string                `json:"name"`
	Command     []string              `json:"command,omitempty"`
	Environment []definition.KeyValue `json:"environment,omitempty"`
}

// UnmarshalJSON refuses members that are not known.
func (in *runTaskInput) UnmarshalJSON(b []byte) error {
	type plain runTaskInput
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode((*plain)(in)); err != nil {
		if name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
			return invalid("the member %s of RunTask is not supported here", name)
		}
		return invalid("%v", err)
	}
	return nil
}

type runTaskOutput struct {
	Tasks    []taskView `json:"tasks"`
	Failures []failure  `json:"failures"`
}

// mostTasks and mostOverrides are the limits of one RunTask (Amazon ECS API reference, November 2026).
const (
	mostTasks     = 10
	mostOverrides = 8192
)

var startedBy = regexp.MustCompile(`^[a-zA-Z0-9/_-]{0,128}$`)

// runTask starts tasks that belong to no service. Those that the container instance has no room for are failures in a
// good answer, as with ECS.
func (s *Service) runTask(_ context.Context, in runTaskInput) (out runTaskOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out = runTaskOutput{[]taskView{}, []failure{}}
	c, err := s.cluster(in.Cluster)
	if err != nil {
		return out, err
	}
	if len(in.Strategy) == 0 && in.LaunchType == "" {
		in.Strategy = c.DefaultStrategy
	}
	d, err := s.checkRun(c, in)
	if err != nil {
		return out, err
	}
	n := 1
	if in.Count != nil {
		n = *in.Count
	}
	again := s.tasksOf(func(t *task) bool { return in.ClientToken != "" && t.Internal.Token == in.ClientToken })
	for _, t := range again {
		if t.Internal.Definition != d.key() {
			return out, awsapi.Errorf("ConflictException", "The client token was used for a request with other parameters.")
		}
		out.Tasks = append(out.Tasks, t.view())
	}
	if len(again) > 0 {
		return out, nil
	}
	kind := launchTypeOf(in.LaunchType, in.Strategy)
	if kind == "EC2" && len(s.instances(c)) == 0 {
		return out, invalid("No Container Instances were found in your cluster.")
	}
	room, lacks := s.room(c, kind, d, n)
	for range room {
		t := s.addTask(c, d, origin{
			group: cmp.Or(in.Group, "family:"+d.Family), startedBy: in.StartedBy, launchType: kind, strategy: in.Strategy,
			overrides: in.Overrides, token: in.ClientToken, execute: in.ExecuteCommand, network: in.Network,
		})
		s.employTask(t, true)
		out.Tasks = append(out.Tasks, t.view())
	}
	for range n - room {
		out.Failures = append(out.Failures, failure{c.Internal.ARN, "RESOURCE:" + strings.ToUpper(lacks)})
	}
	return out, nil
}

// checkRun refuses what ECS refuses in a task, and finds its definition.
func (s *Service) checkRun(c *cluster, in runTaskInput) (*taskDefinition, error) {
	if in.TaskDefinition == "" {
		return nil, invalid("TaskDefinition can not be blank.")
	}
	d, err := s.definition(in.TaskDefinition)
	if err != nil {
		return nil, awsapi.Errorf("ClientException", "TaskDefinition not found.")
	}
	kind := launchTypeOf(in.LaunchType, in.Strategy)
	switch {
	case d.Status != "ACTIVE":
		return nil, awsapi.Errorf("ClientException", "TaskDefinition is inactive")
	case in.Count != nil && (*in.Count < 1 || *in.Count > mostTasks):
		return nil, invalid("Count must be between 1 and %d.", mostTasks)
	case in.LaunchType != "" && len(in.Strategy) > 0:
		return nil, invalid("Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.")
	case in.LaunchType != "" && in.LaunchType != "EC2" && in.LaunchType != "FARGATE":
		return nil, invalid("launchType %q is not supported here: EC2 or FARGATE", in.LaunchType)
	case !d.Supports(kind):
		return nil, invalid("Task definition does not support launch_type %s.", kind)
	case d.Awsvpc() && in.Network == nil:
		return nil, invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
	case !d.Awsvpc() && in.Network != nil:
		return nil, invalid("Network Configuration is not valid for the given networkMode of this task definition.")
	case in.Platform != "" && kind != "FARGATE":
		return nil, invalid("The platform version must be null when specifying an EC2 launch type.")
	case !startedBy.MatchString(in.StartedBy):
		return nil, invalid("startedBy must be at most 128 letters, numbers, hyphens, slashes and underscores.")
	case in.PropagateTags != "" && in.PropagateTags != "TASK_DEFINITION" && in.PropagateTags != "NONE":
		return nil, invalid("Invalid value for propagateTags: %s", in.PropagateTags)
	case in.ExecuteCommand && d.TaskRoleARN == "":
		return nil, invalid("The task definition must have a task role to enable execute command.")
	}
	for _, item := range in.Strategy {
		if err := c.offers(item.CapacityProvider); err != nil {
			return nil, err
		}
	}
	return d, in.Overrides.check(d)
}

func (o *overrides) check(d *taskDefinition) error {
	if o == nil {
		return nil
	}
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	if len(text) > mostOverrides {
		return invalid("Container Overrides length must be at most %d", mostOverrides)
	}
	for _, c := range o.Containers {
		if _, known := d.Container(c.Name); !known {
			return invalid("Override for container named %s is not a container in the TaskDefinition.", c.Name)
		}
	}
	return nil
}

// apply is a definition with the overrides in it.
func (o *overrides) apply(d *taskDefinition) *taskDefinition {
	if o == nil {
		return d
	}
	changed := *d
	changed.ContainerDefinitions = slices.Clone(d.ContainerDefinitions)
	for i := range changed.ContainerDefinitions {
		for _, other := range o.Containers {
			if c := &changed.ContainerDefinitions[i]; c.Name == other.Name {
				other.change(c)
			}
		}
	}
	return &changed
}

func (o containerOverride) change(c *definition.Container) {
	if len(o.Command) > 0 {
		c.Command = o.Command
	}
	replaced := func(kv definition.KeyValue) bool {
		return slices.ContainsFunc(o.Environment, func(own definition.KeyValue) bool { return own.Name == kv.Name })
	}
	c.Environment = append(slices.DeleteFunc(slices.Clone(c.Environment), replaced), o.Environment...)
}

// launchTypeOf is what tasks run as: capacity providers other than Fargate's are EC2.
func launchTypeOf(launchType string, strategy []strategyItem) string {
	if launchType != "" {
		return launchType
	}
	for _, item := range strategy {
		if item.CapacityProvider == "FARGATE" || item.CapacityProvider == "FARGATE_SPOT" {
			return "FARGATE"
		}
	}
	return "EC2"
}
