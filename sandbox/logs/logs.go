// Package logs is CloudWatch Logs in a folder: log groups, and streams of events in append-only files,
// which survive a kill at any moment.
package logs

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
	"slipway/sandbox/store"
)

// groupLimit is how many bytes of events a group keeps; the oldest go first.
const groupLimit = 10 << 20

// Service is CloudWatch Logs in one sandbox.
type Service struct {
	region naming.Region
	folder string
	clock  clockwork.Clock
	groups *store.Table[group]
	limit  int64

	mu      sync.Mutex
	streams map[string]map[string]*stream // by group, by name
}

// group is a log group. Times are milliseconds since 1970.
type group struct {
	Name      string            `json:"name"`
	Created   int64             `json:"created"`
	Retention int               `json:"retention"` // days; 0 keeps events for ever
	Class     string            `json:"class"`
	Tags      map[string]string `json:"tags"`
	KMSKey    string            `json:"kmsKey"`
	Skip      bool              `json:"skipDestroy"`
}

// New opens the groups in the store and their events in the folder, which it makes when it is missing.
func New(st *store.Store, region naming.Region, folder string, clock clockwork.Clock) (*Service, error) {
	if clock == nil {
		clock = clockwork.NewRealClock()
	}
	groups, err := store.NewTable[group](st, "logs.groups")
	if err != nil {
		return nil, err
	}
	s := &Service{region: region, folder: folder, clock: clock, groups: groups, limit: groupLimit, streams: map[string]map[string]*stream{}}
	return s, s.open()
}

func (s *Service) open() error {
	all, err := s.groups.All()
	if err != nil {
		return err
	}
	for _, g := range all {
		if s.streams[g.Name], err = openStreams(s.path(g.Name)); err != nil {
			return err
		}
	}
	return os.MkdirAll(s.folder, 0o700)
}

func (s *Service) path(group string) string { return filepath.Join(s.folder, fileName(group)) }

// CreateStream makes a stream. One that exists is no error; a group that does not is.
func (s *Service) CreateStream(_ context.Context, group, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	streams, ok := s.streams[group]
	if !ok {
		return errNoGroup()
	}
	if streams[name] != nil {
		return nil
	}
	st, err := createStream(s.path(group), name, s.clock.Now())
	if err != nil {
		return err
	}
	streams[name] = st
	return nil
}

// Append writes an event to a stream of a group; both must exist.
func (s *Service) Append(_ context.Context, group, name string, t time.Time, line string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, err := s.stream(group, name)
	if err != nil {
		return err
	}
	if err := st.append(t, s.clock.Now(), line); err != nil {
		return err
	}
	return s.trim(group)
}

// Last returns the time of the newest event of a stream to the nanosecond; the zero time when there is none.
func (s *Service) Last(_ context.Context, group, name string) (time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, err := s.stream(group, name)
	if err != nil || st.last == 0 {
		return time.Time{}, err
	}
	return time.Unix(0, st.last), nil
}

func (s *Service) stream(group, name string) (*stream, error) {
	streams, ok := s.streams[group]
	if !ok {
		return nil, errNoGroup()
	}
	if streams[name] == nil {
		return nil, awsapi.Errorf("ResourceNotFoundException", "The specified log stream does not exist.")
	}
	return streams[name], nil
}

func errNoGroup() error {
	return awsapi.Errorf("ResourceNotFoundException", "The specified log group does not exist.")
}

// trim keeps a group within its limit: the stream whose newest event is oldest loses its events first,
// and the last one that has any loses its older half.
func (s *Service) trim(group string) error {
	for {
		var total int64
		var oldest *stream
		filled := 0
		for _, st := range s.streams[group] {
			total += st.size
			if st.first == 0 {
				continue
			}
			filled++
			if oldest == nil || st.last < oldest.last {
				oldest = st
			}
		}
		if total <= s.limit || filled == 0 {
			return nil
		}
		if filled == 1 {
			return oldest.keep(oldest.size / 2)
		}
		if err := oldest.keep(oldest.size); err != nil {
			return err
		}
	}
}
