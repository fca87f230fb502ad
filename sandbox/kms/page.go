package kms

import (
	"encoding/base64"

	"slipway/sandbox/awsapi"
)

// paging is what every listing takes: at most Limit entries after the one that Marker names.
type paging struct {
	Limit  *int
	Marker string
}

// more is what every listing says of the next page.
type more struct {
	NextMarker string `json:",omitempty"`
	Truncated  bool
}

// page cuts one page out of all, which are in the order of their names; a marker holds the last name shown.
func page[T any](all []T, p paging, usual, most int, name func(T) string) ([]T, more, error) {
	size := usual
	if p.Limit != nil {
		if size = *p.Limit; size < 1 || size > most {
			return nil, more{}, invalid("1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: "+
				"Member must have value between 1 and %d", size, most)
		}
	}
	after, err := base64.URLEncoding.DecodeString(p.Marker)
	if err != nil {
		return nil, more{}, awsapi.Errorf("InvalidMarkerException", "Could not deserialize marker '%s'", p.Marker)
	}
	shown := []T{}
	for _, one := range all {
		if p.Marker != "" && name(one) <= string(after) {
			continue
		}
		if len(shown) == size {
			last := name(shown[len(shown)-1])
			return shown, more{base64.URLEncoding.EncodeToString([]byte(last)), true}, nil
		}
		shown = append(shown, one)
	}
	return shown, more{}, nil
}
