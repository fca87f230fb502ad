package elbv2

import (
	"cmp"

	"slipway/sandbox/awsapi"
)

// largestPage is how many things one answer has (Elastic Load Balancing API reference, PageSize, November 2026).
const largestPage = 400

// Paging is what a request says of its page: a marker is the ARN that the page begins with.
type Paging struct {
	Marker   string
	PageSize int
}

// cut returns one page of all, and the marker of the next one, empty at the end.
func cut[T any](p Paging, all []T, arn func(T) string) (page []T, next string, err error) {
	if p.PageSize < 0 || p.PageSize > largestPage {
		return nil, "", awsapi.Errorf("ValidationError", "1 validation error detected: Value '%d' at 'pageSize' failed to satisfy constraint: "+
			"Member must have value between 1 and %d", p.PageSize, largestPage)
	}
	page, next, found := awsapi.Cut(all, arn, p.Marker, cmp.Or(p.PageSize, largestPage))
	if !found {
		return nil, "", awsapi.Errorf("ValidationError", "Invalid marker '%s'", p.Marker)
	}
	return page, next, nil
}
