package logs

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
)

// event is an event as queries see it. Its id sorts by time and is unique in its group.
type event struct {
	ID       string
	Stream   string
	Time     int64 // milliseconds since 1970
	Ingested int64
	Message  string
}

const million = 1_000_000

// events reads a stream's events from start to end, in milliseconds, end excluded; zero is no bound.
func (s *stream) events(start, end int64) ([]event, error) {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(s.name))
	sum := hash.Sum64()
	var found []event
	err := s.scan(func(header) {}, func(r record, offset int64) {
		ms := r.Time / million
		if (start != 0 && ms < start) || (end != 0 && ms >= end) {
			return
		}
		id := fmt.Sprintf("%020d%020d%016d", r.Time, sum, offset)
		found = append(found, event{id, s.name, ms, r.Ingested / million, r.Message})
	})
	sortEvents(found)
	return found, err
}

func sortEvents(all []event) {
	slices.SortFunc(all, func(a, b event) int { return cmp.Compare(a.ID, b.ID) })
}
