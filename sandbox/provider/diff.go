package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"slipway/sandbox/resource"
	"slipway/sandbox/schema"
)

// Diff compares the inputs of a resource with those of its last update.
func (p *Provider) Diff(_ context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	token := string(urn.URN(req.GetUrn()).Type())
	r, err := p.Schema.Resource(token)
	if err != nil {
		return nil, err
	}
	olds, err := unmarshal(req.GetOldInputs())
	if err != nil {
		return nil, err
	}
	news, err := unmarshal(req.GetNews())
	if err != nil {
		return nil, err
	}
	d := differ{pkg: p.Schema, found: map[string]*pulumirpc.PropertyDiff{}}
	_, d.hidden = p.Behaviours[token].(resource.Checker)
	ignored := req.GetIgnoreChanges()
	if b, ok := p.Behaviours[token].(resource.Indifferent); ok {
		ignored = slices.Concat(ignored, b.Indifferent())
	}
	if d.ignored, err = paths(ignored); err != nil {
		return nil, err
	}
	d.object(nil, r.Inputs, false, olds, news)
	d.replaceOnChange(token, news)
	return d.response(), nil
}

func paths(texts []string) ([]presource.PropertyPath, error) {
	var all []presource.PropertyPath
	for _, text := range texts {
		path, err := presource.ParsePropertyPath(text)
		if err != nil {
			return nil, fmt.Errorf("the path %q of ignoreChanges: %w", text, err)
		}
		all = append(all, path)
	}
	return all, nil
}

// differ collects the properties that differ, by their paths.
type differ struct {
	pkg     *schema.Package
	ignored []presource.PropertyPath
	hidden  bool // properties that begin with "__" count: a Checker may have added them
	found   map[string]*pulumirpc.PropertyDiff
}

func (d *differ) response() *pulumirpc.DiffResponse {
	out := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE, HasDetailedDiff: true, DetailedDiff: d.found}
	for _, path := range slices.Sorted(maps.Keys(d.found)) {
		out.Changes = pulumirpc.DiffResponse_DIFF_SOME
		out.Diffs = append(out.Diffs, path)
		switch d.found[path].GetKind() {
		case pulumirpc.PropertyDiff_ADD_REPLACE, pulumirpc.PropertyDiff_UPDATE_REPLACE, pulumirpc.PropertyDiff_DELETE_REPLACE:
			out.Replaces = append(out.Replaces, path)
		}
	}
	return out
}

// object compares two objects whose properties have these types, or one type when it is a map.
// A change replaces the resource when the property says so, or one that it is part of.
func (d *differ) object(path presource.PropertyPath, types map[string]*schema.Property, replaces bool, olds, news resource.Properties) {
	keys := map[presource.PropertyKey]bool{}
	for k := range olds {
		keys[k] = true
	}
	for k := range news {
		keys[k] = true
	}
	for k := range keys {
		if k != defaults && (d.hidden || !strings.HasPrefix(string(k), "__")) {
			d.value(child(path, string(k)), types[string(k)], replaces, olds[k], news[k])
		}
	}
}

// value compares two values; a null is one that is not there.
func (d *differ) value(path presource.PropertyPath, prop *schema.Property, replaces bool, old, now presource.PropertyValue) {
	old, now = schema.Plain(old), schema.Plain(now)
	replaces = replaces || prop != nil && prop.Replaces
	if prop == nil {
		prop = &schema.Property{}
	}
	switch {
	case d.ignores(path) || same(path, old, now):
	case old.IsNull():
		d.add(path, pulumirpc.PropertyDiff_ADD, replaces || d.replacesWithin(prop, now))
	case now.IsNull():
		d.add(path, pulumirpc.PropertyDiff_DELETE, replaces || d.replacesWithin(prop, old))
	case old.IsObject() && now.IsObject():
		d.object(path, d.properties(prop, old, now), replaces, old.ObjectValue(), now.ObjectValue())
	case old.IsArray() && now.IsArray():
		d.array(path, prop.Items, replaces, old.ArrayValue(), now.ArrayValue())
	default:
		d.add(path, pulumirpc.PropertyDiff_UPDATE, replaces)
	}
}

func (d *differ) array(path presource.PropertyPath, items *schema.Property, replaces bool, olds, news []presource.PropertyValue) {
	for i := range max(len(olds), len(news)) {
		var old, now presource.PropertyValue
		if i < len(olds) {
			old = olds[i]
		}
		if i < len(news) {
			now = news[i]
		}
		d.value(child(path, i), items, replaces, old, now)
	}
}

// properties returns the types of an object's properties, or for a map its one type under every key.
func (d *differ) properties(prop *schema.Property, values ...presource.PropertyValue) map[string]*schema.Property {
	if o := d.pkg.Object(prop); o != nil {
		return o.Properties
	}
	types := map[string]*schema.Property{}
	for _, v := range values {
		for k := range v.ObjectValue() {
			types[string(k)] = prop.Values
		}
	}
	return types
}

// replacesWithin tells whether a value that came or went has a property that replaces the resource.
func (d *differ) replacesWithin(prop *schema.Property, v presource.PropertyValue) bool {
	v = schema.Plain(v)
	switch {
	case prop == nil:
		return false
	case prop.Replaces:
		return true
	case v.IsArray():
		return slices.ContainsFunc(v.ArrayValue(), func(e presource.PropertyValue) bool { return d.replacesWithin(prop.Items, e) })
	case v.IsObject():
		types := d.properties(prop, v)
		for k, e := range v.ObjectValue() {
			if d.replacesWithin(types[string(k)], e) {
				return true
			}
		}
	}
	return false
}

func (d *differ) ignores(path presource.PropertyPath) bool {
	return slices.ContainsFunc(d.ignored, func(p presource.PropertyPath) bool { return p.Contains(path) })
}

func (d *differ) add(path presource.PropertyPath, kind pulumirpc.PropertyDiff_Kind, replaces bool) {
	if replaces {
		kind++ // every kind is followed by the one that replaces
	}
	d.found[path.String()] = &pulumirpc.PropertyDiff{Kind: kind, InputDiff: true}
}

func child(path presource.PropertyPath, part any) presource.PropertyPath {
	return append(slices.Clone(path), part)
}
