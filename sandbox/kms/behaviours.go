package kms

import "slipway/sandbox/resource"

var (
	_ resource.Behaviour = keyBehaviour{}
	_ resource.Reader    = keyBehaviour{}
	_ resource.Behaviour = aliasBehaviour{}
	_ resource.Reader    = aliasBehaviour{}
)

// Behaviours are the resource types that this service makes real.
func (s *Service) Behaviours() map[string]resource.Behaviour {
	return map[string]resource.Behaviour{
		"aws:kms/key:Key":     keyBehaviour{s},
		"aws:kms/alias:Alias": aliasBehaviour{s},
	}
}
