package s3

import (
	"slices"
	"strings"
	"time"

	"slipway/sandbox/naming"
)

// removed is what a deletion has done: the id of the version or marker, and whether it is a marker.
type removed struct {
	Version string
	Marker  bool
}

// remove deletes a version of an object for good. Without an id it deletes the object, which in a bucket with
// versions is a marker on top of them. A match is the ETag that the object has to have, or * for any; empty asks for none
// (S3 user guide, "How to perform conditional deletes", November 2026).
func (s *Service) remove(bucket, key, id, match string) (removed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.bucket(bucket)
	if err != nil {
		return removed{}, err
	}
	o, found, err := s.objects.Get(objectKey(bucket, key))
	if err != nil {
		return removed{}, err
	}
	if err := unmatched(o, id, match); err != nil {
		return removed{}, err
	}
	switch {
	case id != "":
		return s.removeVersion(o, id)
	case b.Versioning == "" && found:
		return removed{}, s.dropAll(o)
	case b.Versioning == "":
		return removed{}, nil
	}
	o.Bucket, o.Key = bucket, key
	return s.mark(o, b)
}

func unmatched(o object, id, match string) error {
	if match == "" {
		return nil
	}
	v, found := o.newest()
	if id != "" {
		i := slices.IndexFunc(o.Versions, func(v version) bool { return v.ID == id })
		if found = i >= 0; found {
			v = o.Versions[i]
		}
	}
	switch {
	case !found:
		return errNoKey()
	case match != "*" && strings.Trim(match, `"`) != v.ETag:
		return errPrecondition("If-Match")
	}
	return nil
}

func (s *Service) removeVersion(o object, id string) (removed, error) {
	i := slices.IndexFunc(o.Versions, func(v version) bool { return v.ID == id })
	if i < 0 {
		return removed{Version: id}, nil
	}
	old := o.replaced(id)
	if err := s.keep(o); err != nil {
		return removed{}, err
	}
	s.discard(old.File)
	return removed{id, old.Marker}, nil
}

// mark puts a delete marker on top of an object's versions.
func (s *Service) mark(o object, b bucket) (removed, error) {
	v := version{ID: noVersion, Marker: true, Modified: s.clock.Now().UTC().Truncate(time.Second)}
	if b.Versioning == versioned {
		v.ID = naming.Hex(32)
	}
	old := o.replaced(v.ID)
	o.Versions = append([]version{v}, o.Versions...)
	if err := s.keep(o); err != nil {
		return removed{}, err
	}
	s.discard(old.File)
	return removed{v.ID, true}, nil
}

// keep stores an object that has versions left, and forgets one that has none.
func (s *Service) keep(o object) error {
	if len(o.Versions) == 0 {
		return s.objects.Delete(o.id())
	}
	return s.objects.Put(o.id(), o)
}

// dropAll forgets an object with every version.
func (s *Service) dropAll(o object) error {
	if err := s.objects.Delete(o.id()); err != nil {
		return err
	}
	for _, v := range o.Versions {
		s.discard(v.File)
	}
	return nil
}
