package schema

import "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

// Plain unwraps the outermost secret, output or resource reference of a value.
// An output that is not known becomes a computed value, a reference the id of its resource.
func Plain(v resource.PropertyValue) resource.PropertyValue {
	for {
		switch {
		case v.IsSecret():
			v = v.SecretValue().Element
		case v.IsOutput() && !v.OutputValue().Known:
			return resource.MakeComputed(resource.NewProperty(""))
		case v.IsOutput():
			v = v.OutputValue().Element
		case v.IsResourceReference():
			return referenced(v.ResourceReferenceValue())
		default:
			return v
		}
	}
}

// referenced returns the id of a resource, or its URN when it has none, as a component.
func referenced(r resource.ResourceReference) resource.PropertyValue {
	if r.ID.IsComputed() || r.ID.IsString() {
		return r.ID
	}
	return resource.NewProperty(string(r.URN))
}

// PlainMap unwraps every secret, output and resource reference in a map, at any depth.
// Nulls and values that are not known are left out.
func PlainMap(m resource.PropertyMap) resource.PropertyMap {
	plain := make(resource.PropertyMap, len(m))
	for k, v := range m {
		if v = plainValue(v); !v.IsNull() && !v.IsComputed() {
			plain[k] = v
		}
	}
	return plain
}

func plainValue(v resource.PropertyValue) resource.PropertyValue {
	v = Plain(v)
	switch {
	case v.IsArray():
		elements := make([]resource.PropertyValue, 0, len(v.ArrayValue()))
		for _, e := range v.ArrayValue() {
			elements = append(elements, plainValue(e))
		}
		return resource.NewProperty(elements)
	case v.IsObject():
		return resource.NewProperty(PlainMap(v.ObjectValue()))
	}
	return v
}
