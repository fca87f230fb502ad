package engine

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// Resource is one resource of a stack, as its state has it.
type Resource struct {
	URN     string
	Type    string // "aws:ec2/instance:Instance"
	ID      string // the provider's
	Created time.Time
}

// Resources are what the provider has of a stack, sorted by URN; none for a stack that is not there.
func (s *Stack) Resources(ctx context.Context) ([]Resource, error) {
	known, err := s.look(ctx)
	if err == nil && known.all == nil {
		s.forget()
		known, err = s.look(ctx)
	}
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []Resource
	for _, r := range known.all {
		if r.Custom && !strings.HasPrefix(r.Type, "pulumi:") {
			all = append(all, Resource{URN: r.URN, Type: r.Type, ID: r.ID, Created: r.Created})
		}
	}
	slices.SortFunc(all, func(a, b Resource) int { return strings.Compare(a.URN, b.URN) })
	return all, nil
}

// Renew makes the previews and updates that follow replace a resource, whatever its configuration says.
func (s *Stack) Renew(urn string) { s.renewed = append(s.renewed, urn) }
