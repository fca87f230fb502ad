package provider

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/resource"
)

// offeredType matches the instance types that every zone here offers: general purpose, for computing, for memory, and
// burstable. Zones of AWS differ in what they offer; these do not.
var offeredType = regexp.MustCompile(`\A(t2|t3|t3a|t4g|[cmr][5-8](a|g|gd|i|id|in|n|ad|d|gn)?)\.(nano|micro|small|medium|large|[0-9]*xlarge)\z`)

// getInstanceTypeOfferings answers for the instance types that a filter names: a list of all would be of AWS's making.
func (p *Provider) getInstanceTypeOfferings(_ context.Context, in resource.Properties) (resource.Properties, error) {
	var q struct {
		LocationType string `json:"locationType"`
		Filters      []struct {
			Name   string   `json:"name"`
			Values []string `json:"values"`
		} `json:"filters"`
	}
	if err := resource.Decode(in, &q); err != nil {
		return nil, err
	}
	if q.LocationType != "availability-zone" {
		return nil, fmt.Errorf("getInstanceTypeOfferings with the location type %q is not supported here: availability-zone", q.LocationType)
	}
	wanted, locations := []string{}, p.zones()
	for _, filter := range q.Filters {
		switch filter.Name {
		case "instance-type":
			wanted = append(wanted, filter.Values...)
		case "location":
			locations = slices.DeleteFunc(locations, func(zone string) bool { return !slices.Contains(filter.Values, zone) })
		default:
			return nil, fmt.Errorf("getInstanceTypeOfferings with the filter %q is not supported here: instance-type or location", filter.Name)
		}
	}
	if len(wanted) == 0 {
		return nil, fmt.Errorf("getInstanceTypeOfferings without a filter instance-type is not supported here")
	}
	types, zones, kinds := []string{}, []string{}, []string{}
	for _, instanceType := range wanted {
		for _, zone := range locations {
			if offeredType.MatchString(instanceType) {
				types, zones, kinds = append(types, instanceType), append(zones, zone), append(kinds, q.LocationType)
			}
		}
	}
	return presource.NewPropertyMapFromMap(values{
		"id": string(p.Region), "instanceTypes": types, "locations": zones, "locationTypes": kinds,
	}), nil
}
