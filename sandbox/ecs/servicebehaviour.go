package ecs

import (
	"cmp"
	"context"
	"strings"

	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

// serviceBehaviour is aws:ecs/service:Service. Its id is the ARN.
type serviceBehaviour struct{ *Service }

type serviceInputs struct {
	Name                  string            `json:"name"`
	Cluster               string            `json:"cluster"`
	TaskDefinition        string            `json:"taskDefinition"`
	DesiredCount          int               `json:"desiredCount"`
	LaunchType            string            `json:"launchType"`
	Strategies            []strategyItem    `json:"capacityProviderStrategies"`
	LoadBalancers         []loadBalancer    `json:"loadBalancers"`
	Breaker               breaker           `json:"deploymentCircuitBreaker"`
	Early                 *early            `json:"-"` // the SDK has no input for it
	MaximumPercent        *int              `json:"deploymentMaximumPercent"`
	MinimumPercent        *int              `json:"deploymentMinimumHealthyPercent"`
	GracePeriod           int               `json:"healthCheckGracePeriodSeconds"`
	Network               *networkInputs    `json:"networkConfiguration"`
	PlatformVersion       string            `json:"platformVersion"`
	IAMRole               string            `json:"iamRole"`
	ForceNewDeployment    bool              `json:"forceNewDeployment"`
	Triggers              map[string]string `json:"triggers"`
	WaitForSteadyState    bool              `json:"waitForSteadyState"`
	EnableECSManagedTags  bool              `json:"enableEcsManagedTags"`
	EnableExecuteCommand  bool              `json:"enableExecuteCommand"`
	PropagateTags         string            `json:"propagateTags"`
	SchedulingStrategy    string            `json:"schedulingStrategy"`
	Controller            *controller       `json:"deploymentController"`
	PlacementConstraints  []any             `json:"placementConstraints"`
	ServiceRegistries     map[string]any    `json:"serviceRegistries"`
	ServiceConnect        map[string]any    `json:"serviceConnectConfiguration"`
	VolumeConfiguration   map[string]any    `json:"volumeConfiguration"`
	Alarms                map[string]any    `json:"alarms"`
	VPCLattice            []any             `json:"vpcLatticeConfigurations"`
	Tags                  map[string]string `json:"tags"`
	PlacementStrategies   []any             `json:"orderedPlacementStrategies"`
	AvailabilityRebalance string            `json:"availabilityZoneRebalancing"`
}

type networkInputs struct {
	Subnets        []string `json:"subnets"`
	SecurityGroups []string `json:"securityGroups"`
	AssignPublicIP bool     `json:"assignPublicIp"`
}

func (n *networkInputs) settings() *networkSettings {
	if n == nil {
		return nil
	}
	public := "DISABLED"
	if n.AssignPublicIP {
		public = "ENABLED"
	}
	return &networkSettings{awsvpc{n.Subnets, append([]string{}, n.SecurityGroups...), public}}
}

func (b serviceBehaviour) Create(ctx context.Context, in resource.Properties) (string, resource.Properties, error) {
	var args serviceInputs
	if err := resource.Decode(in, &args); err != nil {
		return "", nil, err
	}
	args.Name = cmp.Or(args.Name, "service-"+naming.Hex(7))
	v, err := b.createService(args)
	if err != nil {
		return "", nil, err
	}
	b.declare(v, args.DesiredCount)
	if args.WaitForSteadyState {
		if err := b.awaitSteady(ctx, v); err != nil {
			return v.ServiceARN, nil, err
		}
	}
	return v.ServiceARN, b.outputs(v, args.TaskDefinition), nil
}

func (b serviceBehaviour) Update(ctx context.Context, id string, in resource.Properties) (resource.Properties, error) {
	var args serviceInputs
	if err := resource.Decode(in, &args); err != nil {
		return nil, err
	}
	declared := args.DesiredCount
	b.mu.Lock()
	if v := b.services[serviceKey(id)]; v != nil && v.Internal.Declared != nil && *v.Internal.Declared == declared {
		args.DesiredCount = v.DesiredCount
	}
	b.mu.Unlock()
	v, err := b.updateService(id, args)
	if err != nil {
		return nil, err
	}
	b.declare(v, declared)
	if args.WaitForSteadyState {
		if err := b.awaitSteady(ctx, v); err != nil {
			return nil, err
		}
	}
	return b.outputs(v, args.TaskDefinition), nil
}

// declare notes the count of tasks that the provider has in its state. It sends one only when that differs from what is
// declared (terraform-provider-aws, resourceServiceUpdate): what somebody else set stays through every other update.
func (s *Service) declare(v *service, count int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v.Internal.Declared = &count
	s.saveService(v)
}

// Delete stops every task, as a service scaled to zero does, and returns when the last one is STOPPED.
func (b serviceBehaviour) Delete(ctx context.Context, id string) error {
	b.mu.Lock()
	v := b.services[serviceKey(id)]
	if v == nil || v.Status == "INACTIVE" {
		b.mu.Unlock()
		return nil
	}
	b.dismiss(v)
	b.mu.Unlock()
	return b.wait(ctx, func() (bool, error) { return v.Status == "INACTIVE", nil })
}

// dismiss stops every task of a service, and then the service itself.
func (s *Service) dismiss(v *service) {
	if v.Status != "INACTIVE" {
		v.Status, v.DesiredCount = "DRAINING", 0
		s.saveService(v)
		s.wakeService(v.key())
	}
}

func (b serviceBehaviour) Read(_ context.Context, id string) (resource.Properties, bool, error) {
	b.mu.Lock()
	v := b.services[serviceKey(id)]
	b.mu.Unlock()
	if v == nil || v.Status != "ACTIVE" {
		return nil, false, nil
	}
	b.declare(v, v.DesiredCount) // a refresh writes it into the state
	return b.outputs(v, v.TaskDefinition), true, nil
}

// serviceKey is the key of a service in an ARN: arn:…:service/cluster/name.
func serviceKey(arn string) string {
	_, path, _ := strings.Cut(arn, ":service/")
	return path
}

// outputs shows the task definition in the form that it was given in: an ARN, or family:revision.
func (s *Service) outputs(v *service, given string) resource.Properties {
	s.mu.Lock()
	defer s.mu.Unlock()
	definition := v.TaskDefinition
	if given != "" && !strings.HasPrefix(given, "arn:") {
		definition = lastPart(definition)
	}
	out := resource.Properties{
		"name": str(v.ServiceName), "desiredCount": num(v.DesiredCount), "taskDefinition": str(definition),
		"deploymentMaximumPercent":        num(v.Configuration.MaximumPercent),
		"deploymentMinimumHealthyPercent": num(v.Configuration.MinimumPercent),
		"schedulingStrategy":              str(v.Scheduling),
	}
	if v.LaunchType != "" {
		out["launchType"] = str(v.LaunchType)
	}
	if v.PlatformVersion != "" {
		out["platformVersion"] = str(v.PlatformVersion)
	}
	return out
}

// wait returns when the condition, asked under the lock after every change, is true or fails.
func (s *Service) wait(ctx context.Context, done func() (bool, error)) error {
	for {
		s.mu.Lock()
		ok, err := done()
		changed := s.changed
		s.mu.Unlock()
		if ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}
