package ecr

import "slipway/sandbox/resource"

var (
	_ resource.Behaviour = repositories{}
	_ resource.Reader    = repositories{}
	_ resource.Behaviour = policies{}
)

// Behaviours are the resource types that this service makes real.
func (s *Service) Behaviours() map[string]resource.Behaviour {
	return map[string]resource.Behaviour{
		"aws:ecr/repository:Repository":             repositories{s},
		"aws:ecr/lifecyclePolicy:LifecyclePolicy":   s.lifecyclePolicies(),
		"aws:ecr/repositoryPolicy:RepositoryPolicy": s.repositoryPolicies(),
	}
}

// Functions are the provider's functions that this service answers.
func (s *Service) Functions() map[string]resource.Function {
	return map[string]resource.Function{
		"aws:ecr/getAuthorizationToken:getAuthorizationToken": s.authorizationToken,
		"aws:ecr/getRepository:getRepository":                 s.getRepository,
		"aws:ecr/getImage:getImage":                           s.getImage,
	}
}
