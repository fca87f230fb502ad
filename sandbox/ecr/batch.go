package ecr

import (
	"context"
	"slices"

	"slipway/sandbox/naming"
)

type imageFailure struct {
	ID     imageID `json:"imageId"`
	Code   string  `json:"failureCode"`
	Reason string  `json:"failureReason"`
}

func notThere(id imageID) imageFailure {
	return imageFailure{id, "ImageNotFound", "Requested image not found"}
}

type batchGetImageRequest struct {
	named
	IDs   []imageID `json:"imageIds"`
	Types []string  `json:"acceptedMediaTypes"`
}

type batchGetImageAnswer struct {
	Images   []imageEntry   `json:"images"`
	Failures []imageFailure `json:"failures"`
}

type imageEntry struct {
	RegistryID string  `json:"registryId"`
	Repository string  `json:"repositoryName"`
	ID         imageID `json:"imageId"`
	Manifest   string  `json:"imageManifest"`
	MediaType  string  `json:"imageManifestMediaType"`
}

func (s *Service) batchGetImage(ctx context.Context, in batchGetImageRequest) (out batchGetImageAnswer, err error) {
	out = batchGetImageAnswer{[]imageEntry{}, []imageFailure{}}
	s.mu.RLock()
	defer s.mu.RUnlock()
	out.Failures, err = s.each(in.Repository, in.IDs, func(id imageID, i image) error {
		text, err := s.manifestOf(ctx, i)
		if err == nil {
			out.Images = append(out.Images, imageEntry{naming.Account, i.Repository, imageID{i.Digest, id.Tag}, text, i.MediaType})
		}
		return err
	})
	return out, err
}

// each calls do with every image that is there, and returns the failures of a batch for those that are not.
func (s *Service) each(repository string, ids []imageID, do func(imageID, image) error) ([]imageFailure, error) {
	failures := []imageFailure{}
	if _, err := s.repository(repository); err != nil {
		return failures, err
	}
	for _, id := range ids {
		i, found, err := s.find(repository, id)
		if err != nil {
			return failures, err
		}
		if !found {
			failures = append(failures, notThere(id))
			continue
		}
		if err := do(id, i); err != nil {
			return failures, err
		}
	}
	return failures, nil
}

type batchDeleteImageRequest struct {
	named
	IDs []imageID `json:"imageIds"`
}

type batchDeleteImageAnswer struct {
	IDs      []imageID      `json:"imageIds"`
	Failures []imageFailure `json:"failures"`
}

// batchDeleteImage deletes by digest the image with all of its tags, by tag the tag, and with the last tag the image.
func (s *Service) batchDeleteImage(ctx context.Context, in batchDeleteImageRequest) (out batchDeleteImageAnswer, err error) {
	out = batchDeleteImageAnswer{[]imageID{}, []imageFailure{}}
	s.mu.Lock()
	defer s.mu.Unlock()
	out.Failures, err = s.each(in.Repository, in.IDs, func(id imageID, i image) error {
		if err := s.remove(ctx, i, id.Tag); err != nil {
			return err
		}
		for _, gone := range deleted(i, id.Tag) {
			out.IDs = append(out.IDs, gone)
			s.tell("DELETE", i, gone.Tag)
		}
		return nil
	})
	return out, err
}

func deleted(i image, tag string) (all []imageID) {
	for _, t := range i.Tags {
		if tag == "" || t == tag {
			all = append(all, imageID{i.Digest, t})
		}
	}
	if tag == "" && !slices.ContainsFunc(all, func(id imageID) bool { return id.Tag != "" }) {
		all = append(all, imageID{Digest: i.Digest})
	}
	return all
}
