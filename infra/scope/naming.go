package scope

import (
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// baseLength leaves room in the 32 characters of a load balancer's name for a suffix of four
// and the eight characters that Pulumi appends.
const baseLength = 20

// Naming gives the resources of a stack their names and tags.
type Naming struct {
	App, Stack string
	// Base is what the names of all resources begin with, at most 20 characters.
	Base string
}

var notInNames = regexp.MustCompile(`[^A-Za-z0-9]+`)

// NewNaming is the naming of one stack of an app.
func NewNaming(app, stack string) Naming {
	base := app + "-" + notInNames.ReplaceAllString(stack, "-")
	base = base[:min(len(base), baseLength)]
	return Naming{App: app, Stack: stack, Base: strings.TrimRight(base, "-")}
}

// Name is the name of one resource. Pulumi appends random characters, so that a replacement can stand beside the old one.
func (n Naming) Name(suffix string) string { return n.Base + "-" + suffix }

// Tags are on everything that takes tags.
func (n Naming) Tags(suffix string) pulumi.StringMap {
	tags := pulumi.StringMap{"Name": pulumi.String(n.Name(suffix))}
	for key, value := range n.Common() {
		tags[key] = pulumi.String(value)
	}
	return tags
}

// Common are the tags that all resources of a stack share.
func (n Naming) Common() map[string]string {
	return map[string]string{"slipway:app": n.App, "slipway:stack": n.Stack}
}
