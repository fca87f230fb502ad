package provider

import (
	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"slipway/sandbox/resource"
	"slipway/sandbox/schema"
)

// onChange are the inputs whose change replaces the resource when another input says so. The schema does not tell:
// the AWS provider decides it by code.
var onChange = map[string]map[string]string{
	"aws:ec2/instance:Instance": {"userData": "userDataReplaceOnChange", "userDataBase64": "userDataReplaceOnChange"},
}

// replaceOnChange makes replacements of such changes.
func (d *differ) replaceOnChange(token string, news resource.Properties) {
	for input, by := range onChange[token] {
		found := d.found[input]
		if wanted := schema.Plain(news[presource.PropertyKey(by)]); found == nil || !wanted.IsBool() || !wanted.BoolValue() {
			continue
		}
		switch found.GetKind() {
		case pulumirpc.PropertyDiff_ADD, pulumirpc.PropertyDiff_UPDATE, pulumirpc.PropertyDiff_DELETE:
			found.Kind++ // every kind is followed by the one that replaces
		}
	}
}
