package s3

import (
	"context"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"slipway/sandbox/naming"
)

// noVersion is the id of an object that was put while its bucket had no versions.
const noVersion = "null"

// object is what the store keeps of an object: its versions, the newest first.
type object struct {
	Bucket   string    `json:"bucket"`
	Key      string    `json:"key"`
	Versions []version `json:"versions"`
}

// version is one of an object's versions. A delete marker has no file.
type version struct {
	ID       string     `json:"id"`
	File     string     `json:"file,omitempty"`
	Size     int64      `json:"size"`
	ETag     string     `json:"etag,omitempty"` // without quotes
	Modified time.Time  `json:"modified"`
	Marker   bool       `json:"deleteMarker,omitempty"`
	With     attributes `json:"with"`
}

// attributes are what an object was put with.
type attributes struct {
	Headers   map[string]string `json:"headers,omitempty"`   // Content-Type, X-Amz-Meta-… and the like
	Checksums map[string]string `json:"checksums,omitempty"` // by the name of their header
}

// conditions are those under which an object is written.
type conditions struct {
	IfMatch, IfNoneMatch string
}

func objectKey(bucket, key string) string { return bucket + "/" + key }

func (o object) id() string { return objectKey(o.Bucket, o.Key) }

// newest returns the version that a request without a version gets.
func (o object) newest() (version, bool) {
	if len(o.Versions) == 0 || o.Versions[0].Marker {
		return version{}, false
	}
	return o.Versions[0], true
}

// objectsOf returns every object of a bucket in the order of their keys.
func (s *Service) objectsOf(bucket string) ([]object, error) {
	return s.objects.Under(objectKey(bucket, ""))
}

func checkKey(key string) error {
	switch {
	case key == "" || !utf8.ValidString(key):
		return failure(http.StatusBadRequest, "InvalidURI", "Couldn't parse the specified URI.")
	case len(key) > 1024:
		return failure(http.StatusBadRequest, "KeyTooLongError", "Your key is too long")
	}
	return nil
}

// put reads an object to its end and makes it the newest version. A size that is not negative must be the body's.
func (s *Service) put(ctx context.Context, bucket, key string, r io.Reader, size int64, a attributes, c conditions) (version, error) {
	to, err := s.writable(bucket, key)
	if err != nil {
		return version{}, err
	}
	if a, err = s.encrypted(to, a); err != nil {
		return version{}, err
	}
	b, err := s.write(ctx, r, size, a.Checksums)
	if err != nil {
		return version{}, err
	}
	v, err := s.add(bucket, key, version{File: b.name, Size: b.size, ETag: b.md5, With: a}, c)
	if err != nil {
		s.discard(b.name)
	}
	return v, err
}

// writable tells before a body is read whether its object can be, and returns the object's bucket.
func (s *Service) writable(name, key string) (bucket, error) {
	if err := checkKey(key); err != nil {
		return bucket{}, err
	}
	return s.bucket(name)
}

// add makes a version the newest of its object, in the place of an older one where the bucket has no versions.
func (s *Service) add(bucket, key string, v version, c conditions) (version, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.bucket(bucket)
	if err != nil {
		return v, err
	}
	o, _, err := s.objects.Get(objectKey(bucket, key))
	if err != nil {
		return v, err
	}
	if err := c.check(o); err != nil {
		return v, err
	}
	o.Bucket, o.Key, v.Modified, v.ID = bucket, key, s.clock.Now().UTC().Truncate(time.Second), noVersion
	if b.Versioning == versioned {
		v.ID = naming.Hex(32)
	}
	old := o.replaced(v.ID)
	o.Versions = append([]version{v}, o.Versions...)
	gone := o.expire(b, v.Modified)
	if err := s.objects.Put(o.id(), o); err != nil {
		return v, err
	}
	for _, one := range append(gone, old) {
		s.discard(one.File)
	}
	return v, nil
}

// replaced takes out the version with this id, if there is one.
func (o *object) replaced(id string) (old version) {
	i := slices.IndexFunc(o.Versions, func(v version) bool { return v.ID == id })
	if i >= 0 {
		old = o.Versions[i]
		o.Versions = slices.Delete(slices.Clone(o.Versions), i, i+1)
	}
	return old
}

func (c conditions) check(o object) error {
	v, found := o.newest()
	switch {
	case c.IfNoneMatch == "*" && found:
		return errPrecondition("If-None-Match")
	case c.IfNoneMatch != "" && c.IfNoneMatch != "*":
		return errNotHere("If-None-Match with an ETag")
	case c.IfMatch != "" && !found:
		return errNoKey()
	case c.IfMatch != "" && strings.Trim(c.IfMatch, `"`) != v.ETag:
		return errPrecondition("If-Match")
	}
	return nil
}

// find returns a version of an object; without an id the newest. A delete marker is returned beside errNoKey.
func (s *Service) find(bucket, key, id string) (version, error) {
	if _, err := s.bucket(bucket); err != nil {
		return version{}, err
	}
	o, _, err := s.objects.Get(objectKey(bucket, key))
	if err != nil {
		return version{}, err
	}
	if id == "" {
		v, found := o.newest()
		if !found && len(o.Versions) > 0 {
			return o.Versions[0], errNoKey()
		}
		if !found {
			return v, errNoKey()
		}
		return v, nil
	}
	i := slices.IndexFunc(o.Versions, func(v version) bool { return v.ID == id })
	if i < 0 {
		return version{}, errNoVersion()
	}
	if o.Versions[i].Marker {
		return o.Versions[i], errMethod()
	}
	return o.Versions[i], nil
}

// open opens a version of an object; without an id the newest.
func (s *Service) open(bucket, key, id string) (*os.File, version, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	v, err := s.find(bucket, key, id)
	if err != nil {
		return nil, v, err
	}
	if _, err := s.usable(v.With); err != nil {
		return nil, v, err
	}
	f, err := s.files.Open(v.File)
	return f, v, err
}
