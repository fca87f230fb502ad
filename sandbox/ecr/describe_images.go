package ecr

import (
	"context"
	"slices"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

type imagesRequest struct {
	named
	paging
	IDs    []imageID `json:"imageIds"`
	Filter struct {
		TagStatus string `json:"tagStatus"`
	} `json:"filter"`
}

func (r imagesRequest) passes(i image) bool {
	switch r.Filter.TagStatus {
	case "TAGGED":
		return len(i.Tags) > 0
	case "UNTAGGED":
		return len(i.Tags) == 0
	}
	return true
}

type describeImagesAnswer struct {
	Details   []imageDetail `json:"imageDetails"`
	NextToken string        `json:"nextToken,omitempty"`
}

type imageDetail struct {
	RegistryID   string      `json:"registryId"`
	Repository   string      `json:"repositoryName"`
	Digest       string      `json:"imageDigest"`
	Tags         []string    `json:"imageTags,omitempty"`
	Size         int64       `json:"imageSizeInBytes,omitempty"`
	PushedAt     awsapi.Time `json:"imagePushedAt"`
	MediaType    string      `json:"imageManifestMediaType"`
	ArtifactType string      `json:"artifactMediaType,omitempty"`
}

func (s *Service) describeImages(_ context.Context, in imagesRequest) (out describeImagesAnswer, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if _, err := s.repository(in.Repository); err != nil {
		return out, err
	}
	all, err := s.wanted(in)
	if err != nil {
		return out, err
	}
	out.Details = []imageDetail{}
	for _, i := range all {
		out.Details = append(out.Details, imageDetail{
			RegistryID: naming.Account, Repository: i.Repository, Digest: i.Digest, Tags: i.Tags, Size: i.Size,
			PushedAt: awsapi.Time{Time: i.PushedAt}, MediaType: i.MediaType, ArtifactType: i.ArtifactType,
		})
	}
	out.Details, out.NextToken, err = page(out.Details, in.paging)
	return out, err
}

// wanted are the images that the request names, each once, or all that pass its filter.
func (s *Service) wanted(in imagesRequest) (all []image, err error) {
	if len(in.IDs) == 0 {
		all, err = s.imagesOf(in.Repository)
		return slices.DeleteFunc(all, func(i image) bool { return !in.passes(i) }), err
	}
	for _, id := range in.IDs {
		i, found, err := s.find(in.Repository, id)
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, noImage(in.Repository, id)
		}
		if !slices.ContainsFunc(all, func(other image) bool { return other.Digest == i.Digest }) {
			all = append(all, i)
		}
	}
	return all, nil
}

type listImagesAnswer struct {
	IDs       []imageID `json:"imageIds"`
	NextToken string    `json:"nextToken,omitempty"`
}

// listImages has one entry for every tag, and one for an image without any.
func (s *Service) listImages(_ context.Context, in imagesRequest) (out listImagesAnswer, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if _, err := s.repository(in.Repository); err != nil {
		return out, err
	}
	in.IDs = nil
	all, err := s.wanted(in)
	if err != nil {
		return out, err
	}
	out.IDs = []imageID{}
	for _, i := range all {
		for _, tag := range i.Tags {
			out.IDs = append(out.IDs, imageID{i.Digest, tag})
		}
		if len(i.Tags) == 0 {
			out.IDs = append(out.IDs, imageID{Digest: i.Digest})
		}
	}
	out.IDs, out.NextToken, err = page(out.IDs, in.paging)
	return out, err
}
