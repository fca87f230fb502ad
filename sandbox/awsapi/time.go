package awsapi

import (
	"encoding/xml"
	"fmt"
	"math"
	"strconv"
	"time"
)

// Time is a timestamp in the forms of AWS: seconds since 1970 with milliseconds in JSON,
// ISO 8601 in UTC in XML and in form values. The zero Time is null in JSON and no element in XML.
type Time struct{ time.Time }

const iso8601 = "2006-01-02T15:04:05.000Z"

// MarshalJSON writes seconds since 1970.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, float64(t.UnixMilli())/1000, 'f', -1, 64), nil
}

// UnmarshalJSON reads seconds since 1970.
func (t *Time) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	s, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return fmt.Errorf("a timestamp is seconds since 1970, not %s", b)
	}
	t.Time = time.UnixMilli(int64(math.Round(s * 1000))).UTC()
	return nil
}

// MarshalXML writes ISO 8601.
func (t Time) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	if t.IsZero() {
		return nil
	}
	return e.EncodeElement(t.UTC().Format(iso8601), start)
}

// UnmarshalText reads ISO 8601.
func (t *Time) UnmarshalText(b []byte) (err error) {
	t.Time, err = time.Parse(time.RFC3339, string(b))
	return err
}
