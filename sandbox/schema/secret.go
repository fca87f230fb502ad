package schema

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Secret tells whether the schema says that a value, or something in it, is a secret.
func (p *Package) Secret(prop *Property, v resource.PropertyValue) bool {
	v = Plain(v)
	switch {
	case prop == nil || v.IsNull():
		return false
	case prop.Secret:
		return true
	case v.IsArray():
		return slices.ContainsFunc(v.ArrayValue(), func(e resource.PropertyValue) bool { return p.Secret(prop.Items, e) })
	case v.IsObject() && prop.Ref != "":
		o := p.Object(prop)
		for k, e := range v.ObjectValue() {
			if o != nil && p.Secret(o.Properties[string(k)], e) {
				return true
			}
		}
	case v.IsObject():
		for _, e := range v.ObjectValue() {
			if p.Secret(prop.Values, e) {
				return true
			}
		}
	}
	return false
}
