package elbv2

import (
	"slices"

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
	size, from := largestPage, 0
	if p.PageSize > 0 {
		size = p.PageSize
	}
	if p.Marker != "" {
		if from = slices.IndexFunc(all, func(each T) bool { return arn(each) == p.Marker }); from < 0 {
			return nil, "", awsapi.Errorf("ValidationError", "Invalid marker '%s'", p.Marker)
		}
	}
	to := min(from+size, len(all))
	if to < len(all) {
		next = arn(all[to])
	}
	return all[from:to], next, nil
}
