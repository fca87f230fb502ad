package jenkins

import (
	"context"
	"fmt"
	"slices"

	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/resource"
)

// Functions are those of the AWS provider that are about hosts.
func (s *Service) Functions() map[string]resource.Function {
	return map[string]resource.Function{"aws:ssm/getInstances:getInstances": s.getInstances}
}

// getInstances is ssm:DescribeInstanceInformation. The agent of a host that is switched on is online.
func (s *Service) getInstances(_ context.Context, in resource.Properties) (resource.Properties, error) {
	var args struct {
		Filters []struct {
			Name   string   `json:"name"`
			Values []string `json:"values"`
		} `json:"filters"`
	}
	if err := resource.Decode(in, &args); err != nil {
		return nil, err
	}
	all, err := s.instances.All()
	if err != nil {
		return nil, err
	}
	ids := []property.PropertyValue{}
	for _, i := range all {
		ping := "ConnectionLost"
		if s.isOn(i.ID) {
			ping = "Online"
		}
		matches := true
		for _, filter := range args.Filters {
			value, known := map[string]string{"InstanceIds": i.ID, "PingStatus": ping, "PlatformTypes": "Linux", "ResourceType": "EC2Instance"}[filter.Name]
			if !known {
				return nil, fmt.Errorf("InvalidInstanceInformationFilterValue: the filter %q is not known here", filter.Name)
			}
			matches = matches && slices.Contains(filter.Values, value)
		}
		if matches {
			ids = append(ids, property.NewProperty(i.ID))
		}
	}
	return resource.Properties{"id": property.NewProperty("us-east-1"), "ids": property.NewProperty(ids)}, nil
}

func (s *Service) isOn(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hosts[id] != nil
}
