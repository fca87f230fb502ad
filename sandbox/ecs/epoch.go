package ecs

import (
	"strconv"
	"time"
)

// epoch is a time as AWS's JSON protocol writes it: seconds since 1970 with milliseconds.
type epoch struct{ time.Time }

func (e epoch) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(e.UnixMilli())/1000, 'f', 3, 64), nil
}

func (e *epoch) UnmarshalJSON(b []byte) error {
	seconds, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return err
	}
	e.Time = time.UnixMilli(int64(seconds*1000 + 0.5))
	return nil
}

func (s *Service) now() *epoch { return &epoch{s.Clock.Now()} }
