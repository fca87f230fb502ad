package ecs

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"slipway/sandbox/awsapi"
)

type describeServicesInput struct {
	Cluster  string   `json:"cluster"`
	Services []string `json:"services"`
	Include  []string `json:"include"`
}

type describeServicesOutput struct {
	Services []serviceView `json:"services"`
	Failures []failure     `json:"failures"`
}

func (s *Service) describeServices(_ context.Context, in describeServicesInput) (describeServicesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := describeServicesOutput{[]serviceView{}, []failure{}}
	c, err := s.cluster(in.Cluster)
	if err != nil {
		return out, err
	}
	const most = 10 // ECS API reference, DescribeServices, November 2026
	switch {
	case len(in.Services) == 0:
		return out, invalid("Services cannot be empty.")
	case len(in.Services) > most:
		return out, invalid("Services cannot have more than %d elements", most)
	}
	for _, ref := range in.Services {
		v := s.services[c.ClusterName+"/"+lastPart(ref)]
		if v == nil {
			if !strings.HasPrefix(ref, "arn:") {
				ref = s.Region.ARN("ecs", "service/"+c.ClusterName+"/"+ref)
			}
			out.Failures = append(out.Failures, missing(ref))
			continue
		}
		view := s.serviceNow(v)
		if !slices.Contains(in.Include, "TAGS") {
			view.Tags = nil
		}
		out.Services = append(out.Services, view)
	}
	return out, nil
}

// serviceNow is the service with its numbers brought up to date, and not changed afterwards.
func (s *Service) serviceNow(v *service) serviceView {
	v.count(s.unstopped(v))
	view := v.serviceView
	view.Deployments = make([]*deployment, len(v.Deployments))
	for i, d := range v.Deployments {
		copied := *d
		view.Deployments[i] = &copied
	}
	return view
}

type listServicesInput struct {
	page
	Cluster    string `json:"cluster"`
	LaunchType string `json:"launchType"`
	Scheduling string `json:"schedulingStrategy"`
}

type listServicesOutput struct {
	ARNs      []string `json:"serviceArns"`
	NextToken string   `json:"nextToken,omitempty"`
}

func (s *Service) listServices(_ context.Context, in listServicesInput) (out listServicesOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.cluster(in.Cluster)
	if err != nil {
		return out, err
	}
	var all []string
	for _, v := range s.services {
		if v.ClusterARN == c.ClusterARN && v.Status != "INACTIVE" && (in.LaunchType == "" || v.LaunchType == in.LaunchType) &&
			(in.Scheduling == "" || v.Scheduling == in.Scheduling) {
			all = append(all, v.ServiceARN)
		}
	}
	slices.Sort(all)
	if in.MaxResults == 0 {
		in.MaxResults = 10 // as ListServices does
	}
	out.ARNs, out.NextToken, err = in.cut(all)
	return out, err
}

type updateServiceInput struct {
	Cluster            string            `json:"cluster"`
	Service            string            `json:"service"`
	DesiredCount       *int              `json:"desiredCount"`
	TaskDefinition     string            `json:"taskDefinition"`
	ForceNewDeployment bool              `json:"forceNewDeployment"`
	GracePeriod        *int              `json:"healthCheckGracePeriodSeconds"`
	Configuration      *deploymentChange `json:"deploymentConfiguration"`
	ExecuteCommand     *bool             `json:"enableExecuteCommand"`
	ManagedTags        *bool             `json:"enableECSManagedTags"`
	PropagateTags      string            `json:"propagateTags"`
	PlatformVersion    string            `json:"platformVersion"`
	LoadBalancers      *[]loadBalancer   `json:"loadBalancers"`
	Strategy           []strategyItem    `json:"capacityProviderStrategy"`
	Network            *networkSettings  `json:"networkConfiguration"`
}

// deploymentChange is what a call says of how to deploy. What it leaves out stays as it is (ECS API reference,
// UpdateService, deploymentConfiguration, November 2026).
type deploymentChange struct {
	Breaker        *breaker `json:"deploymentCircuitBreaker"`
	MaximumPercent *int     `json:"maximumPercent"`
	MinimumPercent *int     `json:"minimumHealthyPercent"`
	Strategy       string   `json:"strategy"`
	Early          *early   `json:"earlySuccessCriteria"`
}

func (d *deploymentChange) apply(in *serviceInputs) error {
	if d == nil {
		return nil
	}
	if d.Strategy != "" && d.Strategy != "ROLLING" {
		return invalid("The deployment strategy %s is not supported here: ROLLING", d.Strategy)
	}
	if d.Breaker != nil {
		in.Breaker = *d.Breaker
	}
	if d.Early != nil {
		in.Early = d.Early
	}
	if d.MaximumPercent != nil {
		in.MaximumPercent = d.MaximumPercent
	}
	if d.MinimumPercent != nil {
		in.MinimumPercent = d.MinimumPercent
	}
	return nil
}

type serviceOutput struct {
	Service serviceView `json:"service"`
}

func (s *Service) apiUpdateService(_ context.Context, in updateServiceInput) (out serviceOutput, err error) {
	args, arn, err := s.current(in)
	if err != nil {
		return out, err
	}
	v, err := s.updateService(arn, args)
	if err != nil {
		return out, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out.Service = s.serviceNow(v)
	return out, nil
}

// current is the service as it is, with what a call changes of it.
func (s *Service) current(in updateServiceInput) (args serviceInputs, arn string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.cluster(in.Cluster)
	if err != nil {
		return args, "", err
	}
	v, err := s.service(c, in.Service)
	if err != nil {
		return args, "", err
	}
	args = v.inputs()
	return args, v.ServiceARN, in.onto(&args)
}

// onto changes what a call names.
func (in updateServiceInput) onto(args *serviceInputs) error {
	args.ForceNewDeployment = in.ForceNewDeployment
	if in.TaskDefinition != "" {
		args.TaskDefinition = in.TaskDefinition
	}
	if in.DesiredCount != nil {
		args.DesiredCount = *in.DesiredCount
	}
	if in.GracePeriod != nil {
		args.GracePeriod = *in.GracePeriod
	}
	in.more(args)
	return in.Configuration.apply(args)
}

// more changes what is not about counts and task definitions.
func (in updateServiceInput) more(args *serviceInputs) {
	if in.ExecuteCommand != nil {
		args.EnableExecuteCommand = *in.ExecuteCommand
	}
	if in.ManagedTags != nil {
		args.EnableECSManagedTags = *in.ManagedTags
	}
	args.PropagateTags = cmp.Or(in.PropagateTags, args.PropagateTags)
	args.PlatformVersion = cmp.Or(in.PlatformVersion, args.PlatformVersion)
	if in.LoadBalancers != nil {
		args.LoadBalancers = *in.LoadBalancers
	}
	if len(in.Strategy) > 0 {
		args.Strategies, args.LaunchType = in.Strategy, ""
	}
	if n := in.Network; n != nil {
		args.Network = &networkInputs{n.Awsvpc.Subnets, n.Awsvpc.SecurityGroups, n.Awsvpc.AssignPublicIP == "ENABLED"}
	}
}

// inputs is the reverse of set.
func (v *service) inputs() serviceInputs {
	minimum, maximum := v.Configuration.MinimumPercent, v.Configuration.MaximumPercent
	in := serviceInputs{
		Name: v.ServiceName, Cluster: v.ClusterARN, TaskDefinition: v.TaskDefinition, DesiredCount: v.DesiredCount,
		LaunchType: v.LaunchType, Strategies: v.Strategy, LoadBalancers: v.LoadBalancers,
		Breaker: v.Configuration.Breaker, Early: v.Configuration.Early, MinimumPercent: &minimum, MaximumPercent: &maximum,
		GracePeriod: v.GracePeriod, PlatformVersion: v.PlatformVersion, IAMRole: v.RoleARN,
		EnableECSManagedTags: v.ManagedTags, EnableExecuteCommand: v.ExecuteCommand, PropagateTags: v.PropagateTags,
		Tags: map[string]string{},
	}
	for _, t := range v.Tags {
		in.Tags[t.Key] = t.Value
	}
	if n := v.Network; n != nil {
		in.Network = &networkInputs{n.Awsvpc.Subnets, n.Awsvpc.SecurityGroups, n.Awsvpc.AssignPublicIP == "ENABLED"}
	}
	return in
}

// serviceByARN finds a service by what its ARN or a deployment's ARN has after the colon: kind/cluster/name/….
func (s *Service) serviceByARN(arn string) (*service, error) {
	parts := strings.Split(arn, "/")
	if len(parts) < 3 || s.services[parts[1]+"/"+parts[2]] == nil {
		return nil, awsapi.Errorf("ServiceNotFoundException", "Service not found.")
	}
	return s.services[parts[1]+"/"+parts[2]], nil
}
