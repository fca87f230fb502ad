// Package rules refuses what AWS refuses in the resources of which nothing here runs: references to what does not exist,
// addresses and zones, duplicates, policy documents, quotas, and the deletion of what others need. The errors are AWS's,
// with its codes (Amazon EC2 API reference, "Error codes"; IAM API reference; both November 2026).
package rules

import (
	"fmt"

	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

// Declared are the resources that exist.
type Declared interface {
	// Known returns the outputs of every resource of a type, with their ids.
	Known(token string) ([]resource.Properties, error)
}

// Rules are those of one region.
type Rules struct {
	declared Declared
	region   naming.Region
}

// New returns the rules of a region.
func New(declared Declared, region naming.Region) *Rules { return &Rules{declared, region} }

// request is a resource that is to be made or changed.
type request struct {
	*Rules
	token string
	id    string // "" for a new one
	in    resource.Properties
}

// Allow returns AWS's error for a resource with these inputs, whose id is "" when it is new.
func (r *Rules) Allow(token, id string, in resource.Properties) error {
	q := request{r, token, id, in}
	for _, check := range append([]func() error{q.refers, q.withinQuota, q.documents}, q.own()...) {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// others are the resources of a type besides the one that is asked about.
func (q request) others(token string) ([]resource.Properties, error) {
	all, err := q.declared.Known(token)
	if err != nil {
		return nil, err
	}
	var others []resource.Properties
	for _, one := range all {
		if token != q.token || text(one, "id") != q.id {
			others = append(others, one)
		}
	}
	return others, nil
}

func (q request) text(name string) string { return text(q.in, name) }

func text(p resource.Properties, name string) string {
	if v := p[property.PropertyKey(name)]; v.IsString() {
		return v.StringValue()
	}
	return ""
}

func refused(code, format string, args ...any) error {
	return fmt.Errorf("%s: %s", code, fmt.Sprintf(format, args...))
}
