package ecr

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

type tag struct {
	Key   string `json:"Key"`
	Value string `json:"Value"`
}

type createRequest struct {
	named
	Tags       []tag       `json:"tags"`
	Mutability string      `json:"imageTagMutability"`
	Scanning   *scanning   `json:"imageScanningConfiguration"`
	Encryption *encryption `json:"encryptionConfiguration"`
}

type repositoryAnswer struct {
	Repository repositoryEntry `json:"repository"`
}

func (s *Service) createRepository(_ context.Context, in createRequest) (out repositoryAnswer, err error) {
	r := repository{Name: in.Repository, Mutability: cmp.Or(in.Mutability, mutable), Scanning: in.Scanning, Created: time.Now().UTC(), Tags: map[string]string{}}
	if in.Encryption != nil {
		r.Encryption = []encryption{*in.Encryption}
	}
	for _, t := range in.Tags {
		r.Tags[t.Key] = t.Value
	}
	return repositoryAnswer{s.entry(r)}, s.create(r)
}

type deleteRequest struct {
	named
	Force bool `json:"force"`
}

func (s *Service) deleteRepository(_ context.Context, in deleteRequest) (out repositoryAnswer, err error) {
	r, err := s.repository(in.Repository)
	if err != nil {
		return out, err
	}
	return repositoryAnswer{s.entry(r)}, s.delete(in.Repository, in.Force)
}

type tagsRequest struct {
	ARN  string   `json:"resourceArn"`
	Tags []tag    `json:"tags"`
	Keys []string `json:"tagKeys"`
}

type tagsAnswer struct {
	Tags []tag `json:"tags"`
}

// nameIn is the name of the repository that an ARN is of.
func (s *Service) nameIn(arn string) (string, error) {
	name, ours := strings.CutPrefix(arn, s.arn(""))
	if !ours {
		return "", awsapi.Errorf("InvalidParameterException", "Invalid parameter at 'resourceArn' failed to satisfy constraint: 'Invalid ARN'")
	}
	return name, nil
}

func (s *Service) listTags(_ context.Context, in tagsRequest) (out tagsAnswer, err error) {
	name, err := s.nameIn(in.ARN)
	if err != nil {
		return out, err
	}
	r, err := s.repository(name)
	out.Tags = []tag{}
	for _, key := range slices.Sorted(maps.Keys(r.Tags)) {
		out.Tags = append(out.Tags, tag{key, r.Tags[key]})
	}
	return out, err
}

func (s *Service) addTags(ctx context.Context, in tagsRequest) (struct{}, error) {
	return struct{}{}, s.retag(in.ARN, func(tags map[string]string) {
		for _, t := range in.Tags {
			tags[t.Key] = t.Value
		}
	})
}

func (s *Service) removeTags(_ context.Context, in tagsRequest) (struct{}, error) {
	return struct{}{}, s.retag(in.ARN, func(tags map[string]string) {
		for _, key := range in.Keys {
			delete(tags, key)
		}
	})
}

func (s *Service) retag(arn string, edit func(map[string]string)) error {
	name, err := s.nameIn(arn)
	if err != nil {
		return err
	}
	return s.change(name, func(r *repository) {
		if r.Tags == nil {
			r.Tags = map[string]string{}
		}
		edit(r.Tags)
	})
}

type putLifecycleRequest struct {
	named
	Text string `json:"lifecyclePolicyText"`
}

func (s *Service) putLifecyclePolicy(_ context.Context, in putLifecycleRequest) (lifecycleAnswer, error) {
	_, err := s.lifecyclePolicies().put(in.Repository, in.Text)
	return lifecycleAnswer{naming.Account, in.Repository, in.Text}, err
}

func (s *Service) deleteLifecyclePolicy(ctx context.Context, in named) (lifecycleAnswer, error) {
	had, err := s.getLifecyclePolicy(ctx, in)
	if err != nil {
		return had, err
	}
	return had, s.change(in.Repository, func(r *repository) { r.Lifecycle = "" })
}

type setPolicyRequest struct {
	named
	Text string `json:"policyText"`
}

func (s *Service) setRepositoryPolicy(_ context.Context, in setPolicyRequest) (repositoryPolicyAnswer, error) {
	_, err := s.repositoryPolicies().put(in.Repository, in.Text)
	return repositoryPolicyAnswer{naming.Account, in.Repository, in.Text}, err
}

func (s *Service) deleteRepositoryPolicy(ctx context.Context, in named) (repositoryPolicyAnswer, error) {
	had, err := s.getRepositoryPolicy(ctx, in)
	if err != nil {
		return had, err
	}
	return had, s.change(in.Repository, func(r *repository) { r.Policy = "" })
}

type scanningRequest struct {
	named
	Scanning scanning `json:"imageScanningConfiguration"`
}

type scanningAnswer struct {
	RegistryID string   `json:"registryId"`
	Repository string   `json:"repositoryName"`
	Scanning   scanning `json:"imageScanningConfiguration"`
}

func (s *Service) putScanning(_ context.Context, in scanningRequest) (scanningAnswer, error) {
	err := s.change(in.Repository, func(r *repository) { r.Scanning = &in.Scanning })
	return scanningAnswer{naming.Account, in.Repository, in.Scanning}, err
}
