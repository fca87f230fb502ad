package ecr

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"

	"github.com/opencontainers/go-digest"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

type putImageRequest struct {
	named
	Manifest  string `json:"imageManifest"`
	MediaType string `json:"imageManifestMediaType"`
	Digest    string `json:"imageDigest"`
	Tag       string `json:"imageTag"`
}

type putImageAnswer struct {
	Image imageEntry `json:"image"`
}

// putImage takes a manifest whose layers are there, under one more tag when it is there itself.
func (s *Service) putImage(ctx context.Context, in putImageRequest) (out putImageAnswer, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.repository(in.Repository); err != nil {
		return out, err
	}
	body := []byte(in.Manifest)
	i := newImage(in.Repository, digest.FromBytes(body).String(), in.MediaType, body)
	if in.Digest != "" && in.Digest != i.Digest {
		return out, awsapi.Errorf("ImageDigestDoesNotMatchException",
			"The specified image digest '%s' does not match the digest '%s' that Amazon ECR calculated for the image", in.Digest, i.Digest)
	}
	if err := s.checkPut(i, in.Tag); err != nil {
		return out, err
	}
	reference := in.Tag
	if reference == "" {
		reference = i.Digest
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, s.endpoint()+"/v2/"+in.Repository+"/manifests/"+reference, bytes.NewReader(body))
	if err != nil {
		return out, err
	}
	r.RequestURI = r.URL.RequestURI()
	r.Header.Set("Content-Type", i.MediaType)
	answer := record()
	s.storage.ServeHTTP(answer, r)
	if answer.status != http.StatusCreated {
		text, _ := io.ReadAll(&answer.body)
		return out, awsapi.Errorf("InvalidParameterException", "Invalid parameter at 'imageManifest' failed to satisfy constraint: '%s'", text)
	}
	out.Image = imageEntry{naming.Account, in.Repository, imageID{i.Digest, in.Tag}, in.Manifest, i.MediaType}
	return out, s.remember(i, in.Tag)
}

// checkPut refuses what is there already, and a tag that is another image's.
func (s *Service) checkPut(i image, tag string) error {
	if err := s.checkTag(i.Repository, tag, i.Digest); err != nil {
		return awsapi.Errorf("ImageTagAlreadyExistsException", "%s", err)
	}
	old, found, err := s.images.Get(i.key())
	if err != nil || !found || tag != "" && !slices.Contains(old.Tags, tag) {
		return err
	}
	return awsapi.Errorf("ImageAlreadyExistsException", "Image with digest '%s' and tag '%s' already exists in the repository with name '%s' in registry with id '%s'",
		i.Digest, tag, i.Repository, naming.Account)
}
