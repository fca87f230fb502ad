package ecs

import (
	"slices"

	"slipway/sandbox/resource"
)

// Behaviours are the Pulumi resource types that ECS has here.
func (s *Service) Behaviours() map[string]resource.Behaviour {
	return map[string]resource.Behaviour{
		"aws:ecs/cluster:Cluster":                                   clusterBehaviour{s},
		"aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": providersBehaviour{s},
		"aws:ecs/taskDefinition:TaskDefinition":                     definitionBehaviour{s},
		"aws:ecs/service:Service":                                   serviceBehaviour{s},
	}
}

var (
	_ resource.Behaviour = clusterBehaviour{}
	_ resource.Behaviour = providersBehaviour{}
	_ resource.Behaviour = definitionBehaviour{}
	_ resource.Behaviour = serviceBehaviour{}
	_ resource.Reader    = serviceBehaviour{}
)

// tagsOf sorts tags by key, so that records do not change without a reason.
func tagsOf(m map[string]string) (tags []tag) {
	for k, v := range m {
		tags = append(tags, tag{k, v})
	}
	slices.SortFunc(tags, func(a, b tag) int {
		if a.Key < b.Key {
			return -1
		}
		return 1
	})
	return tags
}
