package elbv2

import "slipway/sandbox/resource"

var (
	_ resource.Behaviour = loadBalancers{}
	_ resource.Reader    = loadBalancers{}
	_ resource.Behaviour = listeners{}
	_ resource.Reader    = listeners{}
	_ resource.Behaviour = targetGroups{}
	_ resource.Reader    = targetGroups{}
	_ resource.Behaviour = rules{}
)

// Behaviours are the resource types that this service makes real.
func (s *Service) Behaviours() map[string]resource.Behaviour {
	return map[string]resource.Behaviour{
		"aws:lb/loadBalancer:LoadBalancer": loadBalancers{s},
		"aws:lb/targetGroup:TargetGroup":   targetGroups{s},
		"aws:lb/listener:Listener":         listeners{s},
		"aws:lb/listenerRule:ListenerRule": rules{s},
	}
}
