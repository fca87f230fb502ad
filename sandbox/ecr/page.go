package ecr

import (
	"strconv"

	"slipway/sandbox/awsapi"
)

// paging is what every listing takes: at most MaxResults (100 unless given) from where NextToken says.
type paging struct {
	MaxResults *int   `json:"maxResults"`
	NextToken  string `json:"nextToken"`
}

// page cuts one page out of all and returns the token of the next one; empty after the last.
func page[T any](all []T, p paging) ([]T, string, error) {
	from, size := 0, 100
	if p.NextToken != "" {
		n, err := strconv.Atoi(p.NextToken)
		if err != nil || n < 0 {
			return nil, "", awsapi.Errorf("InvalidParameterException", "Invalid parameter at 'nextToken' failed to satisfy constraint: 'Invalid token'")
		}
		from = min(n, len(all))
	}
	if p.MaxResults != nil {
		if size = *p.MaxResults; size < 1 || size > 1000 {
			return nil, "", awsapi.Errorf("InvalidParameterException", "Invalid parameter at 'maxResults' failed to satisfy constraint: 'must be from 1 to 1000', it is %d", size)
		}
	}
	to := min(from+size, len(all))
	if to == len(all) {
		return all[from:to], "", nil
	}
	return all[from:to], strconv.Itoa(to), nil
}
