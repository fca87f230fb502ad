package codepipeline

import "slipway/sandbox/resource"

var (
	_ resource.Reader = pipelines{}
	_ resource.Reader = actionTypes{}
)

// Behaviours are the resource types that this service makes real.
func (s *Service) Behaviours() map[string]resource.Behaviour {
	return map[string]resource.Behaviour{
		"aws:codepipeline/pipeline:Pipeline":                 pipelines{s},
		"aws:codepipeline/customActionType:CustomActionType": actionTypes{s},
	}
}
