package ecr

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

// image is what the store keeps of a pushed image.
type image struct {
	Repository   string    `json:"repository"`
	Digest       string    `json:"digest"`
	Tags         []string  `json:"tags,omitempty"`
	Size         int64     `json:"size"` // bytes of config and layers as stored; 0 for an index
	MediaType    string    `json:"mediaType"`
	ArtifactType string    `json:"artifactType,omitempty"`
	PushedAt     time.Time `json:"pushedAt"`
}

func (i image) key() string { return i.Repository + "@" + i.Digest }

// imageID names an image by its digest, a tag, or both.
type imageID struct {
	Digest string `json:"imageDigest,omitempty"`
	Tag    string `json:"imageTag,omitempty"`
}

// String is the form in which ECR's errors name an image.
func (id imageID) String() string {
	or := func(s string) string { return cmp.Or(s, "null") }
	return fmt.Sprintf("{imageDigest:'%s', imageTag:'%s'}", or(id.Digest), or(id.Tag))
}

// remember adds a pushed image and moves the tag to it. The caller holds the lock.
func (s *Service) remember(i image, tag string) error {
	i.PushedAt = time.Now().UTC()
	if old, found, err := s.images.Get(i.key()); err != nil {
		return err
	} else if found {
		if i = old; tag == "" || slices.Contains(i.Tags, tag) {
			return nil
		}
	}
	if tag != "" {
		if err := s.dropTag(i.Repository, tag); err != nil {
			return err
		}
		i.Tags = append(i.Tags, tag)
	}
	if err := s.images.Put(i.key(), i); err != nil {
		return err
	}
	s.tell("PUSH", i, tag)
	return nil
}

// dropTag takes a tag from the image that has it.
func (s *Service) dropTag(repository, tag string) error {
	i, found, err := s.find(repository, imageID{Tag: tag})
	if err != nil || !found {
		return err
	}
	i.Tags = slices.DeleteFunc(i.Tags, func(t string) bool { return t == tag })
	return s.images.Put(i.key(), i)
}

// find returns the image that fits both parts of the id.
func (s *Service) find(repository string, id imageID) (i image, found bool, err error) {
	if id.Digest != "" {
		i, found, err = s.images.Get(repository + "@" + id.Digest)
		return i, found && (id.Tag == "" || slices.Contains(i.Tags, id.Tag)), err
	}
	all, err := s.imagesOf(repository)
	if err != nil {
		return i, false, err
	}
	for _, i := range all {
		if slices.Contains(i.Tags, id.Tag) {
			return i, true, nil
		}
	}
	return i, false, nil
}

// imagesOf lists the images of a repository, the oldest first.
func (s *Service) imagesOf(repository string) ([]image, error) {
	all, err := s.images.All()
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(i image) bool { return i.Repository != repository })
	slices.SortStableFunc(all, func(a, b image) int { return a.PushedAt.Compare(b.PushedAt) })
	return all, nil
}

func noImage(repository string, id imageID) error {
	return awsapi.Errorf("ImageNotFoundException",
		"The image with imageId %s does not exist within the repository with name '%s' in the registry with id '%s'", id, repository, naming.Account)
}

// manifestOf reads the manifest of an image from the storage.
func (s *Service) manifestOf(ctx context.Context, i image) (string, error) {
	answer, err := s.ask(ctx, http.MethodGet, i, i.Digest)
	if err != nil {
		return "", err
	}
	return answer.body.String(), nil
}

// remove deletes an image, or only a tag of it while it has others. The caller holds the lock.
func (s *Service) remove(ctx context.Context, i image, tag string) error {
	if tag != "" && len(i.Tags) > 1 {
		if _, err := s.ask(ctx, http.MethodDelete, i, tag); err != nil {
			return err
		}
		return s.dropTag(i.Repository, tag)
	}
	if _, err := s.ask(ctx, http.MethodDelete, i, i.Digest); err != nil {
		return err
	}
	return s.images.Delete(i.key())
}

// ask makes a request to the storage about a manifest of an image.
func (s *Service) ask(ctx context.Context, method string, i image, reference string) (*recorder, error) {
	r, err := http.NewRequestWithContext(ctx, method, s.endpoint()+"/v2/"+i.Repository+"/manifests/"+reference, http.NoBody)
	if err != nil {
		return nil, err
	}
	r.RequestURI = r.URL.RequestURI()
	for _, t := range manifestTypes {
		r.Header.Add("Accept", t)
	}
	answer := record()
	s.storage.ServeHTTP(answer, r)
	if answer.status >= 300 && answer.status != http.StatusNotFound {
		b, _ := io.ReadAll(&answer.body)
		return nil, fmt.Errorf("registry: %s of %s in %s: %s", strings.ToLower(method), reference, i.Repository, b)
	}
	return answer, nil
}

var manifestTypes = []string{
	"application/vnd.docker.distribution.manifest.v2+json", "application/vnd.docker.distribution.manifest.list.v2+json",
	"application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json",
}
