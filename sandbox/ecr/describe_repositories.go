package ecr

import (
	"context"
	"slices"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

type describeRepositoriesRequest struct {
	paging
	Names []string `json:"repositoryNames"`
}

type describeRepositoriesAnswer struct {
	Repositories []repositoryEntry `json:"repositories"`
	NextToken    string            `json:"nextToken,omitempty"`
}

type repositoryEntry struct {
	ARN        string      `json:"repositoryArn"`
	RegistryID string      `json:"registryId"`
	Name       string      `json:"repositoryName"`
	URI        string      `json:"repositoryUri"`
	CreatedAt  awsapi.Time `json:"createdAt"`
	Mutability string      `json:"imageTagMutability"`
	Scanning   scanning    `json:"imageScanningConfiguration"`
	Encryption encryption  `json:"encryptionConfiguration"`
}

func (s *Service) describeRepositories(_ context.Context, in describeRepositoriesRequest) (out describeRepositoriesAnswer, err error) {
	for _, name := range in.Names {
		if _, err := s.repository(name); err != nil {
			return out, err
		}
	}
	all, err := s.repos.All()
	if err != nil {
		return out, err
	}
	out.Repositories = []repositoryEntry{}
	for _, r := range all {
		if len(in.Names) == 0 || slices.Contains(in.Names, r.Name) {
			out.Repositories = append(out.Repositories, s.entry(r))
		}
	}
	out.Repositories, out.NextToken, err = page(out.Repositories, in.paging)
	return out, err
}

func (s *Service) entry(r repository) repositoryEntry {
	return repositoryEntry{
		ARN: s.arn(r.Name), RegistryID: naming.Account, Name: r.Name, URI: s.url(r.Name), CreatedAt: awsapi.Time{Time: r.Created},
		Mutability: r.Mutability, Scanning: r.scanning(), Encryption: r.encryption(),
	}
}

// named is a request about one repository.
type named struct {
	Repository string `json:"repositoryName"`
}

type lifecycleAnswer struct {
	RegistryID string `json:"registryId"`
	Repository string `json:"repositoryName"`
	Text       string `json:"lifecyclePolicyText"`
}

func (s *Service) getLifecyclePolicy(_ context.Context, in named) (out lifecycleAnswer, err error) {
	r, err := s.repository(in.Repository)
	if err != nil {
		return out, err
	}
	if r.Lifecycle == "" {
		return out, awsapi.Errorf("LifecyclePolicyNotFoundException",
			"Lifecycle policy does not exist for the repository with name '%s' in the registry with id '%s'", r.Name, naming.Account)
	}
	return lifecycleAnswer{naming.Account, r.Name, r.Lifecycle}, nil
}

type repositoryPolicyAnswer struct {
	RegistryID string `json:"registryId"`
	Repository string `json:"repositoryName"`
	Text       string `json:"policyText"`
}

func (s *Service) getRepositoryPolicy(_ context.Context, in named) (out repositoryPolicyAnswer, err error) {
	r, err := s.repository(in.Repository)
	if err != nil {
		return out, err
	}
	if r.Policy == "" {
		return out, awsapi.Errorf("RepositoryPolicyNotFoundException",
			"Repository policy does not exist for the repository with name '%s' in the registry with id '%s'", r.Name, naming.Account)
	}
	return repositoryPolicyAnswer{naming.Account, r.Name, r.Policy}, nil
}

type mutabilityRequest struct {
	named
	Mutability string `json:"imageTagMutability"`
}

type mutabilityAnswer struct {
	RegistryID string `json:"registryId"`
	Repository string `json:"repositoryName"`
	Mutability string `json:"imageTagMutability"`
}

func (s *Service) putImageTagMutability(_ context.Context, in mutabilityRequest) (out mutabilityAnswer, err error) {
	if err := (repository{Name: in.Repository, Mutability: in.Mutability}).check(); err != nil {
		return out, err
	}
	if err := s.change(in.Repository, func(r *repository) { r.Mutability = in.Mutability }); err != nil {
		return out, err
	}
	return mutabilityAnswer{naming.Account, in.Repository, in.Mutability}, nil
}
