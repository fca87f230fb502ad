package infra

import (
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// baseLength leaves room in the 32 characters of a load balancer's name for a suffix of four
// and the eight characters that Pulumi appends.
const baseLength = 20

// naming gives the resources of a stack their names and tags.
type naming struct{ app, stack, base string }

var notInNames = regexp.MustCompile(`[^A-Za-z0-9]+`)

func newNaming(app, stack string) naming {
	base := app + "-" + notInNames.ReplaceAllString(stack, "-")
	base = base[:min(len(base), baseLength)]
	return naming{app: app, stack: stack, base: strings.TrimRight(base, "-")}
}

// name is the name of one resource. Pulumi appends random characters, so that a replacement can stand beside the old one.
func (n naming) name(suffix string) string { return n.base + "-" + suffix }

// tags are on everything that takes tags.
func (n naming) tags(suffix string) pulumi.StringMap {
	tags := pulumi.StringMap{"Name": pulumi.String(n.name(suffix))}
	for key, value := range n.common() {
		tags[key] = pulumi.String(value)
	}
	return tags
}

func (n naming) common() map[string]string {
	return map[string]string{"slipway:app": n.app, "slipway:stack": n.stack}
}
