package ecs

import (
	"slices"

	"slipway/sandbox/awsapi"
)

// offers checks that a capacity provider belongs to the cluster.
func (c *cluster) offers(provider string) error {
	if !slices.Contains(c.CapacityProviders, provider) {
		return awsapi.Errorf("InvalidParameterException", "The capacity provider %s is not associated with the cluster %s. "+
			"Associate the capacity provider with the cluster and try again.", provider, c.ClusterName)
	}
	return nil
}

// checkRemoved refuses to take capacity providers from a cluster that one of its services uses.
func (s *Service) checkRemoved(c *cluster, kept []string) error {
	for _, v := range s.services {
		if v.ClusterARN != c.ClusterARN || v.Status == "INACTIVE" {
			continue
		}
		for _, item := range v.Strategy {
			if !slices.Contains(kept, item.CapacityProvider) {
				return awsapi.Errorf("ResourceInUseException", "The specified capacity provider is in use and cannot be removed.")
			}
		}
	}
	return nil
}
