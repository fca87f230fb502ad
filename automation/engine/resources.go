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
	Retain  bool           // a destroy leaves it with the provider
	Inputs  map[string]any // secret ones stay encrypted
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
			all = append(all, Resource{URN: r.URN, Type: r.Type, ID: r.ID, Created: r.Created, Retain: r.Retain, Inputs: r.Inputs})
		}
	}
	slices.SortFunc(all, func(a, b Resource) int { return strings.Compare(a.URN, b.URN) })
	return all, nil
}

// Wanted are the resources that the program of the last preview declares, whether they exist or not.
func (s *Stack) Wanted() []Resource { return s.wanted }

// Renew makes the previews and updates that follow replace a resource, whatever its configuration says.
func (s *Stack) Renew(urn string) { s.renewed = append(s.renewed, urn) }

// Stacks lists the stacks of the project that the backend knows and that have resources, this one included.
func (s *Stack) Stacks(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	all, err := s.pulumi.Workspace().ListStacks(ctx)
	if err != nil {
		return nil, s.wrap(ctx, "listing the stacks beside", err, nil)
	}
	var names []string
	for _, found := range all {
		if found.ResourceCount == nil || *found.ResourceCount > 0 {
			names = append(names, found.Name)
		}
	}
	slices.Sort(names)
	return names, nil
}
