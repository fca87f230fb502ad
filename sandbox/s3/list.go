package s3

import (
	"slices"
	"strings"
)

// listing is what a list request asks for.
type listing struct {
	prefix, delimiter string
	after             string // names up to and with this one were answered before
	most              int
}

// entry is one line of a list: a name, or the beginning that several share.
type entry struct {
	name   string
	common bool
	index  int // of the name among those that were listed
}

// page is a part of a list. Next is what the next part comes after; it is empty at the end.
type page struct {
	entries []entry
	next    string
}

// pick returns the part of sorted names that a request asks for.
func (l listing) pick(names []string) (p page) {
	if l.most == 0 {
		return p
	}
	for i, name := range names {
		e := entry{name: name, index: i}
		rest, ok := strings.CutPrefix(name, l.prefix)
		if !ok {
			continue
		}
		if l.delimiter != "" {
			if head, _, found := strings.Cut(rest, l.delimiter); found {
				e.name, e.common = l.prefix+head+l.delimiter, true
			}
		}
		if l.after != "" && e.name <= l.after || e.common && l.after != "" && strings.HasPrefix(l.after, e.name) {
			continue
		}
		if e.common && len(p.entries) > 0 && p.entries[len(p.entries)-1].name == e.name {
			continue
		}
		if len(p.entries) == l.most {
			p.next = p.entries[len(p.entries)-1].name
			return p
		}
		p.entries = append(p.entries, e)
	}
	return p
}

// current returns the objects of a bucket that are there, in the order of their keys.
func (s *Service) current(bucket string) (all []object, names []string, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if _, err := s.bucket(bucket); err != nil {
		return nil, nil, err
	}
	if all, err = s.objectsOf(bucket); err != nil {
		return nil, nil, err
	}
	all = slices.DeleteFunc(all, func(o object) bool { _, found := o.newest(); return !found })
	for _, o := range all {
		names = append(names, o.Key)
	}
	return all, names, nil
}
