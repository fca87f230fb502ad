package ecs

import (
	"cmp"
	"context"
	"maps"
	"slices"
)

type createServiceInput struct {
	updateServiceInput
	Name       string      `json:"serviceName"`
	LaunchType string      `json:"launchType"`
	Role       string      `json:"role"`
	Scheduling string      `json:"schedulingStrategy"`
	Controller *controller `json:"deploymentController"`
	Tags       []tag       `json:"tags"`
	Token      string      `json:"clientToken"` // the name is what makes a second call the same
}

func (s *Service) apiCreateService(_ context.Context, in createServiceInput) (out serviceOutput, err error) {
	args := serviceInputs{
		Name: in.Name, Cluster: in.Cluster, LaunchType: in.LaunchType, IAMRole: in.Role, SchedulingStrategy: in.Scheduling,
		Controller: in.Controller, Tags: map[string]string{},
	}
	for _, t := range in.Tags {
		args.Tags[t.Key] = t.Value
	}
	if err := in.onto(&args); err != nil {
		return out, err
	}
	v, err := s.createService(args)
	if err != nil {
		return out, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out.Service = s.serviceNow(v)
	return out, nil
}

type deleteServiceInput struct {
	Cluster string `json:"cluster"`
	Service string `json:"service"`
	Force   bool   `json:"force"`
}

// apiDeleteService starts to drain a service; it is INACTIVE when its last task has stopped.
func (s *Service) apiDeleteService(_ context.Context, in deleteServiceInput) (out serviceOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.cluster(in.Cluster)
	if err != nil {
		return out, err
	}
	v, err := s.service(c, in.Service)
	if err != nil {
		return out, err
	}
	if v.Status == "ACTIVE" && v.DesiredCount > 0 && !in.Force {
		return out, invalid("The service cannot be stopped while it is scaled above 0.")
	}
	s.dismiss(v)
	out.Service = s.serviceNow(v)
	return out, nil
}

type createClusterInput struct {
	Name      string         `json:"clusterName"`
	Settings  []setting      `json:"settings"`
	Tags      []tag          `json:"tags"`
	Providers []string       `json:"capacityProviders"`
	Default   []strategyItem `json:"defaultCapacityProviderStrategy"`
}

type clusterOutput struct {
	Cluster clusterView `json:"cluster"`
}

func (s *Service) apiCreateCluster(_ context.Context, in createClusterInput) (out clusterOutput, err error) {
	args := clusterInputs{Name: cmp.Or(in.Name, "default"), Settings: in.Settings, Tags: map[string]string{}}
	for _, t := range in.Tags {
		args.Tags[t.Key] = t.Value
	}
	b := clusterBehaviour{s}
	c, err := b.create(args)
	if err == nil && len(in.Providers) > 0 {
		err = providersBehaviour{s}.set(c.ClusterName, in.Providers, in.Default)
	}
	if err != nil {
		return out, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out.Cluster = s.clusterNow(c)
	return out, nil
}

type deleteClusterInput struct {
	Cluster string `json:"cluster"`
}

func (s *Service) apiDeleteCluster(ctx context.Context, in deleteClusterInput) (out clusterOutput, err error) {
	s.mu.Lock()
	c, err := s.cluster(in.Cluster)
	s.mu.Unlock()
	if err != nil {
		return out, err
	}
	if err := (clusterBehaviour{s}).Delete(ctx, c.ClusterARN); err != nil {
		return out, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out.Cluster = s.clusterNow(c)
	return out, nil
}

type describeProvidersInput struct {
	page
	Names   []string `json:"capacityProviders"`
	Include []string `json:"include"`
}

type describeProvidersOutput struct {
	Providers []providerView `json:"capacityProviders"`
	Failures  []failure      `json:"failures"`
	NextToken string         `json:"nextToken,omitempty"`
}

type providerView struct {
	ARN    string `json:"capacityProviderArn"`
	Name   string `json:"name"`
	Status string `json:"status"`
}

// describeProviders knows those of AWS, and those that clusters have.
func (s *Service) describeProviders(_ context.Context, in describeProvidersInput) (out describeProvidersOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := map[string]bool{"FARGATE": true, "FARGATE_SPOT": true}
	for _, c := range s.clusters {
		for _, name := range c.CapacityProviders {
			known[name] = known[name] || c.Status == "ACTIVE"
		}
	}
	out = describeProvidersOutput{Providers: []providerView{}, Failures: []failure{}}
	if len(in.Names) == 0 {
		in.Names = slices.Sorted(maps.Keys(known))
	}
	var found []string
	for _, ref := range in.Names {
		if name := lastPart(ref); known[name] {
			found = append(found, name)
		} else {
			out.Failures = append(out.Failures, missing(ref))
		}
	}
	if found, out.NextToken, err = in.cut(found); err != nil {
		return out, err
	}
	for _, name := range found {
		out.Providers = append(out.Providers, providerView{s.Region.ARN("ecs", "capacity-provider/"+name), name, "ACTIVE"})
	}
	return out, nil
}
