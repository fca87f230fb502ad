package schema

import (
	"math"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// CoerceInputs writes scalars in the type that the schema has for them where nothing is lost: a number or a
// boolean as a string, a string that reads as one as a number or a boolean. Pulumi's bridge does the same, so
// programs rely on it: the Go SDK has numbers where the provider has strings.
func (p *Package) CoerceInputs(token string, in resource.PropertyMap) {
	if r := p.Resources[token]; r != nil {
		p.coerceObject(r.Inputs, in)
	}
}

func (p *Package) coerceObject(properties map[string]*Property, in resource.PropertyMap) {
	for name, v := range in {
		if prop := properties[string(name)]; prop != nil {
			in[name] = p.coerce(prop, v)
		}
	}
}

func (p *Package) coerce(prop *Property, v resource.PropertyValue) resource.PropertyValue {
	switch {
	case v.IsSecret():
		return resource.MakeSecret(p.coerce(prop, v.SecretValue().Element))
	case v.IsOutput() && v.OutputValue().Known:
		o := v.OutputValue()
		o.Element = p.coerce(prop, o.Element)
		return resource.NewProperty(o)
	case v.IsArray() && prop.Items != nil:
		for i, e := range v.ArrayValue() {
			v.ArrayValue()[i] = p.coerce(prop.Items, e)
		}
	case v.IsObject() && prop.Values != nil:
		for k, e := range v.ObjectValue() {
			v.ObjectValue()[k] = p.coerce(prop.Values, e)
		}
	case v.IsObject() && prop.Ref != "":
		if o := p.Object(prop); o != nil {
			p.coerceObject(o.Properties, v.ObjectValue())
		}
	default:
		return coerceScalar(prop.Type, v)
	}
	return v
}

func coerceScalar(wanted string, v resource.PropertyValue) resource.PropertyValue {
	switch {
	case wanted == "string" && v.IsNumber():
		return resource.NewProperty(strconv.FormatFloat(v.NumberValue(), 'f', -1, 64))
	case wanted == "string" && v.IsBool():
		return resource.NewProperty(strconv.FormatBool(v.BoolValue()))
	case (wanted == "integer" || wanted == "number") && v.IsString():
		if n, err := strconv.ParseFloat(v.StringValue(), 64); err == nil && !math.IsNaN(n) && !math.IsInf(n, 0) {
			return resource.NewProperty(n)
		}
	case wanted == "boolean" && v.IsString():
		if b, err := strconv.ParseBool(v.StringValue()); err == nil {
			return resource.NewProperty(b)
		}
	}
	return v
}
