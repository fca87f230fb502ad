package s3

import (
	"net/http"
	"net/netip"
	"regexp"
	"strings"
	"time"
)

// The states of a bucket's versioning; a bucket that never had it has none.
const (
	versioned = "Enabled"
	suspended = "Suspended"
)

// bucket is what the store keeps of a bucket.
type bucket struct {
	Name       string    `json:"name"`
	Created    time.Time `json:"created"`
	Versioning string    `json:"versioning,omitempty"`
	Force      bool      `json:"forceDestroy,omitempty"`
	// Settings are the documents that were written, by subresource; an empty one was removed.
	Settings map[string]string `json:"settings,omitempty"`
}

var bucketForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

func checkBucketName(name string) error {
	_, err := netip.ParseAddr(name)
	if err == nil || !bucketForm.MatchString(name) || strings.Contains(name, "..") || strings.HasPrefix(name, "xn--") {
		return failure(http.StatusBadRequest, "InvalidBucketName", "The specified bucket is not valid.")
	}
	return nil
}

// bucket returns a bucket or S3's error for a missing one.
func (s *Service) bucket(name string) (bucket, error) {
	b, found, err := s.buckets.Get(name)
	if err == nil && !found {
		err = errNoBucket()
	}
	return b, err
}

// createBucket makes a new bucket.
func (s *Service) createBucket(b bucket) error {
	if err := checkBucketName(b.Name); err != nil {
		return err
	}
	b.Created = s.clock.Now().UTC()
	s.mu.Lock()
	defer s.mu.Unlock()
	_, found, err := s.buckets.Get(b.Name)
	if err == nil && found {
		err = failure(http.StatusConflict, "BucketAlreadyOwnedByYou",
			"Your previous request to create the named bucket succeeded and you already own it.")
	}
	if err != nil {
		return err
	}
	return s.buckets.Put(b.Name, b)
}

// changeBucket edits a bucket.
func (s *Service) changeBucket(name string, edit func(*bucket)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.bucket(name)
	if err != nil {
		return err
	}
	edit(&b)
	return s.buckets.Put(name, b)
}

// deleteBucket removes a bucket, with all its objects when it is forced; otherwise it must be empty.
func (s *Service) deleteBucket(name string, force bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.bucket(name); err != nil {
		return err
	}
	all, err := s.objectsOf(name)
	if err != nil {
		return err
	}
	if len(all) > 0 && !force {
		return errNotEmpty()
	}
	for _, o := range all {
		if err := s.dropAll(o); err != nil {
			return err
		}
	}
	if err := s.abortAll(name); err != nil {
		return err
	}
	return s.buckets.Delete(name)
}

func (s *Service) setVersioning(name, state string) error {
	if state != versioned && state != suspended {
		return failure(http.StatusBadRequest, "IllegalVersioningConfigurationException",
			"The Versioning element must be specified as %s or %s", versioned, suspended)
	}
	return s.changeBucket(name, func(b *bucket) { b.Versioning = state })
}
