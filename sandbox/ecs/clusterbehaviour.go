package ecs

import (
	"cmp"
	"context"
	"regexp"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

// clusterBehaviour is aws:ecs/cluster:Cluster. Its id is the ARN.
type clusterBehaviour struct{ *Service }

type clusterInputs struct {
	Name     string            `json:"name"`
	Settings []setting         `json:"settings"`
	Tags     map[string]string `json:"tags"`
}

var clusterName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,255}$`)

func (b clusterBehaviour) Create(_ context.Context, in resource.Properties) (string, resource.Properties, error) {
	var args clusterInputs
	if err := resource.Decode(in, &args); err != nil {
		return "", nil, err
	}
	args.Name = cmp.Or(args.Name, "cluster-"+naming.Hex(7))
	c, err := b.create(args)
	if err != nil {
		return "", nil, err
	}
	return c.ClusterARN, b.shown(c), nil
}

// create is CreateCluster, which answers the cluster that is there already.
func (b clusterBehaviour) create(args clusterInputs) (*cluster, error) {
	if !clusterName.MatchString(args.Name) {
		return nil, awsapi.Errorf("InvalidParameterException", "Invalid identifier: Identifier is for %s. Your input is invalid.", args.Name)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.clusters[args.Name]
	if c == nil || c.Status != "ACTIVE" {
		c = &cluster{}
		c.clusterView = clusterView{
			ClusterARN: b.Region.ARN("ecs", "cluster/"+args.Name), ClusterName: args.Name, Status: "ACTIVE",
			CapacityProviders: []string{}, DefaultStrategy: []strategyItem{},
		}
		c.Internal.Instance = naming.ID("i")
		c.Internal.ARN = b.Region.ARN("ecs", "container-instance/"+args.Name+"/"+naming.Hex(32))
		b.clusters[args.Name] = c
	}
	b.set(c, args)
	return c, nil
}

func (b clusterBehaviour) Update(_ context.Context, id string, in resource.Properties) (resource.Properties, error) {
	var args clusterInputs
	if err := resource.Decode(in, &args); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	c, err := b.cluster(id)
	if err != nil {
		return nil, err
	}
	b.set(c, args)
	return b.shown(c), nil
}

func (b clusterBehaviour) set(c *cluster, args clusterInputs) {
	c.Settings, c.Tags = args.Settings, tagsOf(args.Tags)
	if c.Settings == nil {
		c.Settings = []setting{{"containerInsights", "disabled"}}
	}
	b.saveCluster(c)
}

func (clusterBehaviour) shown(c *cluster) resource.Properties {
	return resource.Properties{
		"arn": str(c.ClusterARN), "name": str(c.ClusterName), "settings": list(c.Settings),
	}
}

func (b clusterBehaviour) Delete(_ context.Context, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, err := b.cluster(id)
	if err != nil {
		return nil // gone already
	}
	for _, v := range b.services {
		if v.ClusterARN == c.ClusterARN && v.Status != "INACTIVE" {
			return awsapi.Errorf("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.")
		}
	}
	for _, t := range b.tasks {
		if t.ClusterARN == c.ClusterARN && !t.stopped() {
			return awsapi.Errorf("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
		}
	}
	c.Status = "INACTIVE"
	b.saveCluster(c)
	return nil
}

// providersBehaviour is aws:ecs/clusterCapacityProviders:ClusterCapacityProviders. Its id is the cluster's name.
type providersBehaviour struct{ *Service }

type providersInputs struct {
	ClusterName       string         `json:"clusterName"`
	CapacityProviders []string       `json:"capacityProviders"`
	DefaultStrategies []strategyItem `json:"defaultCapacityProviderStrategies"`
}

func (b providersBehaviour) Create(ctx context.Context, in resource.Properties) (string, resource.Properties, error) {
	var args providersInputs
	if err := resource.Decode(in, &args); err != nil {
		return "", nil, err
	}
	out, err := b.Update(ctx, args.ClusterName, in)
	return args.ClusterName, out, err
}

func (b providersBehaviour) Update(_ context.Context, id string, in resource.Properties) (resource.Properties, error) {
	var args providersInputs
	if err := resource.Decode(in, &args); err != nil {
		return nil, err
	}
	return nil, b.set(id, args.CapacityProviders, args.DefaultStrategies)
}

// set is PutClusterCapacityProviders.
func (b providersBehaviour) set(id string, names []string, strategy []strategyItem) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, err := b.cluster(id)
	if err != nil {
		return err
	}
	if err := b.checkRemoved(c, names); err != nil {
		return err
	}
	c.CapacityProviders = append([]string{}, names...)
	c.DefaultStrategy = append([]strategyItem{}, strategy...)
	for _, item := range c.DefaultStrategy {
		if err := c.offers(item.CapacityProvider); err != nil {
			return err
		}
	}
	b.saveCluster(c)
	return nil
}

func (b providersBehaviour) Delete(_ context.Context, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, err := b.cluster(id)
	if err != nil {
		return nil // gone with its cluster
	}
	if err := b.checkRemoved(c, nil); err != nil {
		return err
	}
	c.CapacityProviders, c.DefaultStrategy = []string{}, []strategyItem{}
	b.saveCluster(c)
	return nil
}
