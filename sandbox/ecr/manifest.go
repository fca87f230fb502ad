package ecr

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/opencontainers/go-digest"
)

// maxManifest is the largest manifest that is taken, in bytes (the registry library's own limit).
const maxManifest = 4 << 20

// putManifest takes a manifest, unless it would move an immutable tag, and remembers the image.
// The same manifest under the same tag again is no change: docker and others do send it twice.
func (s *Service) putManifest(w http.ResponseWriter, r *http.Request, name, reference string) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxManifest))
	if err != nil {
		refuseBody(w, err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sum, tag := digest.FromBytes(body).String(), ""
	if !strings.Contains(reference, ":") {
		tag = reference
	}
	if err := s.checkTag(name, tag, sum); err != nil {
		refuse(w, http.StatusBadRequest, "TAG_INVALID", err.Error())
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := record()
	s.storage.ServeHTTP(answer, r)
	if answer.status == http.StatusCreated {
		if err := s.remember(newImage(name, sum, r.Header.Get("Content-Type"), body), tag); err != nil {
			s.log.Error("remembering a pushed image", "repository", name, "digest", sum, "error", err)
			refuse(w, http.StatusInternalServerError, "UNKNOWN", "the image could not be remembered")
			return
		}
	}
	answer.copyTo(w)
}

func refuseBody(w http.ResponseWriter, err error) {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		refuse(w, http.StatusRequestEntityTooLarge, "MANIFEST_INVALID", fmt.Sprintf("a manifest has at most %d bytes", maxManifest))
		return
	}
	refuse(w, http.StatusBadRequest, "MANIFEST_INVALID", "reading the manifest: "+err.Error())
}

func (s *Service) checkTag(name, tag, sum string) error {
	repo, found, err := s.repos.Get(name)
	if err != nil {
		return err
	}
	if !found || repo.Mutability != immutable || tag == "" {
		return nil
	}
	old, found, err := s.find(name, imageID{Tag: tag})
	if err != nil {
		return err
	}
	if found && old.Digest != sum {
		return fmt.Errorf("The image tag '%s' already exists in the '%s' repository and cannot be overwritten because the repository is immutable.", tag, name) //lint:ignore ST1005 ECR's words
	}
	return nil
}

// manifest is what image records need of a manifest or an index.
type manifest struct {
	MediaType string `json:"mediaType"`
	Config    struct {
		MediaType string `json:"mediaType"`
		Size      int64  `json:"size"`
	} `json:"config"`
	Layers []struct {
		Size int64 `json:"size"`
	} `json:"layers"`
}

func newImage(repository, sum, contentType string, body []byte) image {
	var m manifest
	_ = json.Unmarshal(body, &m) // the registry library has checked it
	i := image{Repository: repository, Digest: sum, MediaType: contentType, ArtifactType: m.Config.MediaType, Size: m.Config.Size}
	if m.MediaType != "" {
		i.MediaType = m.MediaType
	}
	for _, l := range m.Layers {
		i.Size += l.Size
	}
	return i
}
