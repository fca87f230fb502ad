package ssm

import (
	"cmp"
	"context"
	"strings"
)

type byPathInput struct {
	Path             string
	Recursive        bool
	WithDecryption   bool
	ParameterFilters []filter
	MaxResults       int
	NextToken        string
}

type byPathOutput struct {
	Parameters []view
	NextToken  string `json:",omitempty"`
}

// mostByPath is how many parameters a page has (Systems Manager API reference, GetParametersByPath, November 2026).
const mostByPath = 10

// getByPath lists the parameters of a level of the hierarchy, or of all below it. A token is the last name shown.
func (s *Service) getByPath(_ context.Context, in byPathInput) (byPathOutput, error) {
	out := byPathOutput{Parameters: []view{}}
	if !strings.HasPrefix(in.Path, "/") {
		return out, invalid("The parameter path \"%s\" must begin with a slash.", in.Path)
	}
	if in.MaxResults < 0 || in.MaxResults > mostByPath {
		return out, invalid("1 validation error detected: Value '%d' at 'maxResults' failed to satisfy constraint: Member must have value from 1 to %d", in.MaxResults, mostByPath)
	}
	all, err := s.parameters.All() // in the order of their names
	if err != nil {
		return out, err
	}
	for _, p := range all {
		rest, below := strings.CutPrefix(p.Name, strings.TrimSuffix(in.Path, "/")+"/")
		if !below || !in.Recursive && strings.Contains(rest, "/") || p.Name <= in.NextToken {
			continue
		}
		if ok, err := p.passes(in.ParameterFilters); err != nil || !ok {
			if err != nil {
				return out, err
			}
			continue
		}
		if len(out.Parameters) == cmp.Or(in.MaxResults, mostByPath) {
			out.NextToken = out.Parameters[len(out.Parameters)-1].Name
			break
		}
		v, err := s.view(p.Name, in.WithDecryption)
		if err != nil {
			return out, err
		}
		out.Parameters = append(out.Parameters, v)
	}
	return out, nil
}
