package provider

import (
	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/resource"
	"slipway/sandbox/schema"
)

// echo returns the inputs that are outputs too, and the tags that the resource will have.
func (o *operation) echo() resource.Properties {
	r := o.Schema.Resources[o.token]
	out := resource.Properties{}
	for k, v := range o.in {
		if r.Outputs[string(k)] != nil && !v.IsNull() {
			out[k] = v
		}
	}
	if _, merged := out["tagsAll"]; !merged && r.Outputs["tagsAll"] != nil {
		out["tagsAll"] = presource.NewProperty(presource.PropertyMap{})
		if tags := o.in["tags"]; !tags.IsNull() {
			out["tagsAll"] = tags
		}
	}
	return out
}

// outputs returns a resource's outputs. Of several values for one, the behaviour's wins, then the input,
// then what an update changes, what was before, what the form computes and AWS's empty value.
func (o *operation) outputs(kept, own resource.Properties) resource.Properties {
	out := resource.Properties{}
	for k, v := range o.computed() {
		out[k] = v
	}
	for k, v := range kept {
		out[k] = v
	}
	if kept != nil {
		for k, v := range o.updated(kept) {
			out[k] = v
		}
	}
	for k, v := range o.echo() {
		out[k] = v
	}
	o.fill(out)
	return o.merge(out, own)
}

// merge lays the behaviour's outputs over the others and marks what is secret.
func (o *operation) merge(out, own resource.Properties) resource.Properties {
	r := o.Schema.Resources[o.token]
	merged := out.Copy()
	for k, v := range own {
		if r.Outputs[string(k)] == nil {
			continue
		}
		if out[k].ContainsSecrets() && !v.ContainsSecrets() {
			v = presource.MakeSecret(v)
		}
		merged[k] = v
	}
	for k, v := range merged {
		if prop := r.Outputs[string(k)]; prop != nil && prop.Secret && !v.IsSecret() && !v.IsComputed() {
			merged[k] = presource.MakeSecret(v)
		}
	}
	return merged
}

// fill gives the required outputs that nothing else has set the value that AWS answers for none.
func (o *operation) fill(out resource.Properties) {
	r := o.Schema.Resources[o.token]
	for _, name := range r.Required {
		if key := presource.PropertyKey(name); !out.HasValue(key) {
			out[key] = none(o.Schema, r.Outputs[name])
		}
	}
}

// none is how AWS answers that a property has no value.
func none(pkg *schema.Package, prop *schema.Property) presource.PropertyValue {
	switch prop.Type {
	case "string":
		return presource.NewProperty("")
	case "boolean":
		return presource.NewProperty(false)
	case "integer", "number":
		return presource.NewProperty(0.0)
	case "array":
		return presource.NewProperty([]presource.PropertyValue{})
	}
	out := presource.PropertyMap{}
	if o := pkg.Object(prop); o != nil {
		for _, name := range o.Required {
			out[presource.PropertyKey(name)] = none(pkg, o.Properties[name])
		}
	}
	return presource.NewProperty(out)
}
