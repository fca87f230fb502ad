package ecs

import (
	"cmp"
	"fmt"
	"regexp"

	"slipway/sandbox/awsapi"
)

func invalid(format string, args ...any) error {
	return awsapi.Errorf("InvalidParameterException", "%s", fmt.Sprintf(format, args...))
}

var serviceName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,255}$`)

// createService is CreateService.
func (s *Service) createService(in serviceInputs) (*service, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	if !serviceName.MatchString(in.Name) {
		return nil, invalid("Invalid service name: %s. Up to 255 letters (uppercase and lowercase), numbers, underscores, and hyphens are allowed.", in.Name)
	}
	if old := s.services[c.ClusterName+"/"+in.Name]; old != nil && old.Status == "DRAINING" {
		return nil, invalid("Unable to Start a service that is still Draining.")
	} else if old != nil && old.Status == "ACTIVE" {
		return nil, invalid("Creation of service was not idempotent.")
	}
	v := &service{}
	v.serviceView = serviceView{
		ServiceARN:  s.Region.ARN("ecs", "service/"+c.ClusterName+"/"+in.Name),
		ServiceName: in.Name, ClusterARN: c.ClusterARN, Status: "ACTIVE", CreatedAt: s.now(),
		LaunchType: in.LaunchType, Strategy: in.Strategies, Scheduling: "REPLICA", Controller: controller{"ECS"},
		RoleARN: in.IAMRole, Registries: []any{}, PlacementRules: []any{}, PlacementChoices: []any{}, Events: []event{},
	}
	if v.LaunchType == "" && len(v.Strategy) == 0 {
		if v.Strategy = c.DefaultStrategy; len(v.Strategy) == 0 {
			v.LaunchType = "EC2"
		}
	}
	d, err := s.check(c, v, in)
	if err != nil {
		return nil, err
	}
	v.set(in)
	s.begin(v, d.ARN)
	s.services[v.key()] = v
	s.saveService(v)
	s.employ(v)
	return v, nil
}

// updateService is UpdateService with every property given. Only a change of what tasks are made of,
// or a wish for it, starts a deployment.
func (s *Service) updateService(ref string, in serviceInputs) (*service, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.services[serviceKey(ref)]
	if v == nil {
		return nil, awsapi.Errorf("ServiceNotFoundException", "Service not found.")
	}
	if v.Status != "ACTIVE" {
		return nil, awsapi.Errorf("ServiceNotActiveException", "Service was not ACTIVE.")
	}
	c, err := s.cluster(v.ClusterARN)
	if err != nil {
		return nil, err
	}
	if in.TaskDefinition == "" {
		in.TaskDefinition = v.TaskDefinition
	}
	before, unscaled := v.template(), v.DesiredCount == in.DesiredCount
	next := *v
	if next.LaunchType = in.LaunchType; len(in.Strategies) > 0 || in.LaunchType != "" {
		next.Strategy = in.Strategies
	} else {
		next.LaunchType = v.LaunchType
	}
	d, err := s.check(c, &next, in)
	if err != nil {
		return nil, err
	}
	v.LaunchType, v.Strategy = next.LaunchType, next.Strategy
	v.set(in)
	v.Internal.Steady = v.Internal.Steady && unscaled
	if v.TaskDefinition != d.ARN || v.template() != before || in.ForceNewDeployment {
		s.begin(v, d.ARN)
	}
	s.saveService(v)
	s.wakeService(v.key())
	return v, nil
}

// template is what, besides the task definition, makes a running task outdated when it changes.
func (v *service) template() string {
	var network networkSettings
	if v.Network != nil {
		network = *v.Network
	}
	return fmt.Sprint(v.LaunchType, v.Strategy, v.LoadBalancers, network, v.PlatformVersion)
}

// set takes over what may change in a service's life.
func (v *service) set(in serviceInputs) {
	v.DesiredCount, v.GracePeriod = in.DesiredCount, in.GracePeriod
	v.LoadBalancers = append([]loadBalancer{}, in.LoadBalancers...)
	v.Network = in.Network.settings()
	v.ManagedTags, v.ExecuteCommand = in.EnableECSManagedTags, in.EnableExecuteCommand
	v.PropagateTags = cmp.Or(in.PropagateTags, "NONE")
	v.Tags = tagsOf(in.Tags)
	if v.launchType() == "FARGATE" {
		v.PlatformVersion = cmp.Or(in.PlatformVersion, "LATEST")
	}
	v.Configuration = deploymentSettings{Breaker: in.Breaker, MaximumPercent: 200, MinimumPercent: 100, Strategy: "ROLLING", Early: cmp.Or(in.Early, v.Configuration.Early)}
	if in.MaximumPercent != nil {
		v.Configuration.MaximumPercent = *in.MaximumPercent
	}
	if in.MinimumPercent != nil {
		v.Configuration.MinimumPercent = *in.MinimumPercent
	}
}
