package ecs

import (
	"cmp"
	"slices"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/ecs/definition"
)

// check refuses what ECS refuses in a service, and what cannot be done here, and finds its task definition.
func (s *Service) check(c *cluster, v *service, in serviceInputs) (*taskDefinition, error) {
	if err := in.unsupported(); err != nil {
		return nil, err
	}
	if in.TaskDefinition == "" {
		return nil, invalid("TaskDefinition can not be blank.")
	}
	d, err := s.definition(in.TaskDefinition)
	if err != nil {
		return nil, awsapi.Errorf("ClientException", "TaskDefinition not found.")
	}
	if d.Status != "ACTIVE" && d.ARN != v.TaskDefinition {
		return nil, awsapi.Errorf("ClientException", "TaskDefinition is inactive")
	}
	if in.LaunchType != "" && len(in.Strategies) > 0 {
		return nil, invalid("Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.")
	}
	if in.LaunchType != "" && in.LaunchType != "EC2" && in.LaunchType != "FARGATE" {
		return nil, invalid("launchType %q is not supported here: EC2 or FARGATE", in.LaunchType)
	}
	for _, item := range in.Strategies {
		if err := c.offers(item.CapacityProvider); err != nil {
			return nil, err
		}
	}
	if !d.Supports(v.launchType()) {
		return nil, invalid("Task definition does not support launch_type %s.", v.launchType())
	}
	if err := checkCounts(in); err != nil {
		return nil, err
	}
	if d.Awsvpc() && in.Network == nil {
		return nil, invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
	}
	if !d.Awsvpc() && in.Network != nil {
		return nil, invalid("Network Configuration is not valid for the given networkMode of this task definition.")
	}
	if err := s.checkBalancers(d, in); err != nil {
		return d, err
	}
	return d, s.checkGroups(d, v.LoadBalancers, in.LoadBalancers)
}

// unsupported names the inputs that ask for something that is not done here.
func (in serviceInputs) unsupported() error {
	enabled := func(m map[string]any, key string) bool { on, _ := m[key].(bool); return on }
	for name, asked := range map[string]bool{
		"serviceRegistries":           len(in.ServiceRegistries) > 0,
		"serviceConnectConfiguration": enabled(in.ServiceConnect, "enabled"),
		"volumeConfiguration":         len(in.VolumeConfiguration) > 0,
		"alarms":                      enabled(in.Alarms, "enable"),
		"vpcLatticeConfigurations":    len(in.VPCLattice) > 0,
		"placementConstraints":        len(in.PlacementConstraints) > 0,
		"schedulingStrategy DAEMON":   in.SchedulingStrategy == "DAEMON",
		"deploymentController":        in.Controller != nil && in.Controller.Type != "" && in.Controller.Type != "ECS",
	} {
		if asked {
			return invalid("%s of a service is not supported here", name)
		}
	}
	return nil
}

func checkCounts(in serviceInputs) error {
	if in.DesiredCount < 0 {
		return invalid("Desired count must be positive.")
	}
	if in.GracePeriod > 0 && len(in.LoadBalancers) == 0 {
		return invalid("Health check grace period is only valid for services configured to use load balancers")
	}
	minimum, maximum := 100, 200
	if in.MinimumPercent != nil {
		minimum = *in.MinimumPercent
	}
	if in.MaximumPercent != nil {
		maximum = *in.MaximumPercent
	}
	if err := cmp.Or(in.Breaker.check(), in.Early.check(minimum)); err != nil {
		return err
	}
	if minimum < 0 || minimum > 100 {
		return invalid("Minimum healthy percent must be between 0 and 100.")
	}
	if maximum < 100 { // no page of AWS names an upper bound (ECS API reference, DeploymentConfiguration, read in November 2026)
		return invalid("Maximum percent must be 100 or more.")
	}
	if minimum == 100 && maximum == 100 {
		return invalid("Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.")
	}
	return nil
}

func (s *Service) checkBalancers(d *taskDefinition, in serviceInputs) error {
	for _, lb := range in.LoadBalancers {
		if lb.TargetGroupARN == "" {
			return invalid("targetGroupArn can not be blank: a Classic Load Balancer is not supported here")
		}
		if s.Balancer == nil {
			return invalid("there is no load balancing here for target group %s", lb.TargetGroupARN)
		}
		c, ok := d.Container(lb.ContainerName)
		if !ok {
			return invalid("The container %s does not exist in the task definition.", lb.ContainerName)
		}
		listens := slices.ContainsFunc(c.PortMappings, func(p definition.PortMapping) bool {
			return p.ContainerPort == lb.ContainerPort && cmp.Or(p.Protocol, "tcp") == "tcp"
		})
		if !listens {
			return invalid("The container %s did not have a container port %d defined.", lb.ContainerName, lb.ContainerPort)
		}
	}
	return nil
}

// checkGroups refuses target groups that ECS does not give to a service, in its words (seen in terraform#32908,
// terraform-provider-aws#11723 and amazon-ecs-cli#21, November 2026). Those that the service has already are not asked for again.
func (s *Service) checkGroups(d *taskDefinition, had, wanted []loadBalancer) error {
	mode, fits := cmp.Or(d.NetworkMode, "bridge"), "instance"
	if d.Awsvpc() {
		fits = "ip"
	}
	for _, lb := range wanted {
		if slices.Contains(had, lb) {
			continue
		}
		kind, attached := s.Balancer.Group(lb.TargetGroupARN)
		switch {
		case kind == "":
			return invalid("Unable to assume role and validate the specified targetGroupArn. Please verify that the ECS service role being "+
				"passed has the proper permissions. (The target group %s does not exist.)", lb.TargetGroupARN)
		case kind != fits:
			return invalid("The provided target group %s has target type %s, which is incompatible with the %s network mode specified in the task definition.",
				lb.TargetGroupARN, kind, mode)
		case !attached:
			return invalid("The target group with targetGroupArn %s does not have an associated load balancer.", lb.TargetGroupARN)
		}
	}
	return nil
}
