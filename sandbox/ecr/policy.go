package ecr

import (
	"context"
	"encoding/json"
	"errors"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

// policyInput is what both kinds of policy resources have.
type policyInput struct {
	Repository string `json:"repository"`
	Policy     string `json:"policy"`
}

// policies are the resources of one kind of policy: how it is checked and where it is kept.
type policies struct {
	s     *Service
	check func(text string) error
	set   func(r *repository, text string)
}

func (s *Service) lifecyclePolicies() policies {
	return policies{s, checkLifecycle, func(r *repository, text string) { r.Lifecycle = text }}
}

func (s *Service) repositoryPolicies() policies {
	return policies{s, checkPolicy, func(r *repository, text string) { r.Policy = text }}
}

func (b policies) Create(ctx context.Context, in resource.Properties) (string, resource.Properties, error) {
	var p policyInput
	if err := resource.Decode(in, &p); err != nil {
		return "", nil, err
	}
	out, err := b.put(p.Repository, p.Policy)
	return p.Repository, out, err
}

func (b policies) Update(_ context.Context, id string, in resource.Properties) (resource.Properties, error) {
	var p policyInput
	if err := resource.Decode(in, &p); err != nil {
		return nil, err
	}
	return b.put(id, p.Policy)
}

func (b policies) put(name, text string) (resource.Properties, error) {
	if err := b.check(text); err != nil {
		return nil, err
	}
	if err := b.s.change(name, func(r *repository) { b.set(r, text) }); err != nil {
		return nil, err
	}
	return resource.Encode(map[string]any{"registryId": naming.Account})
}

// Delete takes the policy away. It may come after the repository is gone.
func (b policies) Delete(_ context.Context, id string) error {
	err := b.s.change(id, func(r *repository) { b.set(r, "") })
	var gone *awsapi.Error
	if errors.As(err, &gone) && gone.Code == "RepositoryNotFoundException" {
		return nil
	}
	return err
}

func checkPolicy(text string) error {
	var p struct{ Statement json.RawMessage }
	if err := json.Unmarshal([]byte(text), &p); err != nil || p.Statement == nil {
		return awsapi.Errorf("InvalidParameterException",
			"Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'")
	}
	return nil
}

// Policy returns the policy of a repository, empty for none.
func (s *Service) Policy(name string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, err := s.repository(name)
	if err != nil {
		return ""
	}
	return r.Policy
}
