// Package pattern matches events by EventBridge's event patterns, with all the comparison operators that an event bus has
// (EventBridge user guide, "Comparison operators for use in event patterns", 2026-11).
package pattern

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Pattern is an event pattern. It has the structure of the events that it matches.
type Pattern struct{ root object }

// object matches an object of which every field matches, and one alternative of each $or.
type object struct {
	fields map[string]field
	either []object // of $or; none: there is no $or
}

// field matches what an object has under one name: an object within, or a leaf that one of the filters matches.
type field struct {
	within  *object
	filters []filter
	absent  bool // or no leaf at all: {"exists": false}
}

// filter tells whether a leaf of an event matches: a string, json.Number, bool or nil.
type filter func(leaf any) bool

// envelope are the fields at the top of an event.
var envelope = []string{"version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"}

// Parse reads an event pattern, or says what of it is wrong.
func Parse(text string) (Pattern, error) {
	tree, err := decode([]byte(text))
	if err != nil {
		return Pattern{}, err
	}
	if len(tree) == 0 {
		return Pattern{}, errors.New("it is empty")
	}
	root, err := parseObject(tree, "")
	if err != nil {
		return Pattern{}, err
	}
	return Pattern{root}, root.inEnvelope()
}

// inEnvelope refuses fields that no event has.
func (o object) inEnvelope() error {
	for _, name := range slices.Sorted(maps.Keys(o.fields)) {
		if !slices.Contains(envelope, name) {
			return fmt.Errorf("events have no field %q; they have %s", name, strings.Join(envelope, ", "))
		}
	}
	for _, one := range o.either {
		if err := one.inEnvelope(); err != nil {
			return err
		}
	}
	return nil
}

func decode(text []byte) (tree map[string]any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber() // numbers are compared as they are written: 300 is not 300.0
	if err := d.Decode(&tree); err != nil {
		return nil, fmt.Errorf("it is not a JSON object: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("it is more than one JSON object")
	}
	return tree, nil
}

func parseObject(tree map[string]any, path string) (o object, err error) {
	o.fields = map[string]field{}
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		at := strings.TrimPrefix(path+"."+name, ".")
		if name == "$or" {
			o.either, err = parseOr(tree[name], path, at)
		} else {
			o.fields[name], err = parseField(tree[name], at)
		}
		if err != nil {
			return o, err
		}
	}
	return o, nil
}

func parseOr(v any, path, at string) (all []object, err error) {
	list, _ := v.([]any)
	if len(list) < 2 {
		return nil, fmt.Errorf("%s: it is a list of at least two patterns", at)
	}
	for _, each := range list {
		tree, _ := each.(map[string]any)
		if len(tree) == 0 {
			return nil, fmt.Errorf("%s: it is a list of at least two patterns", at)
		}
		one, err := parseObject(tree, path)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func parseField(v any, at string) (f field, err error) {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			return f, fmt.Errorf("%s: it is empty", at)
		}
		within, err := parseObject(v, at)
		return field{within: &within}, err
	case []any:
		return parseList(v, at)
	}
	return f, fmt.Errorf("%s: a field's values are written as a list, like [%q]", at, fmt.Sprint(v))
}

func parseList(list []any, at string) (f field, err error) {
	if len(list) == 0 {
		return f, fmt.Errorf("%s: an empty list matches nothing", at)
	}
	for _, v := range list {
		switch v := v.(type) {
		case []any:
			return f, fmt.Errorf("%s: a list inside a list matches nothing", at)
		case map[string]any:
			if err := f.add(v); err != nil {
				return f, fmt.Errorf("%s: %w", at, err)
			}
		default:
			f.filters = append(f.filters, func(leaf any) bool { return leaf == v })
		}
	}
	return f, nil
}

// Matches tells whether an event, as JSON, fits the pattern.
func (p Pattern) Matches(event []byte) (bool, error) {
	tree, err := decode(event)
	return err == nil && p.root.matches(tree, []map[string]any{tree}), err
}

// matches tells whether an object matches that stands among others in one list. What has to be absent has to be absent in
// all of them; everything else is found in the one.
func (o object) matches(one map[string]any, all []map[string]any) bool {
	for name, f := range o.fields {
		var there []any
		for _, each := range all {
			there = append(there, member(each, name))
		}
		if !f.matches(member(one, name), there) {
			return false
		}
	}
	return len(o.either) == 0 || slices.ContainsFunc(o.either, func(each object) bool { return each.matches(one, all) })
}

func (f field) matches(one any, all []any) bool {
	if f.within == nil {
		leaves, _ := parts(one)
		anywhere, _ := parts(all)
		return f.absent && len(anywhere) == 0 || slices.ContainsFunc(leaves, func(leaf any) bool {
			return slices.ContainsFunc(f.filters, func(match filter) bool { return match(leaf) })
		})
	}
	_, objects := parts(one)
	_, anywhere := parts(all)
	if len(objects) == 0 {
		objects = []map[string]any{{}} // of which every field is absent
	}
	return slices.ContainsFunc(objects, func(each map[string]any) bool { return f.within.matches(each, anywhere) })
}

// none stands for a field that an object does not have, as null is a leaf.
type none struct{}

func member(of map[string]any, name string) any {
	if v, has := of[name]; has {
		return v
	}
	return none{}
}

// parts are the leaves and the objects of a value: its own, or those of the lists in it.
func parts(v any) (leaves []any, objects []map[string]any) {
	switch v := v.(type) {
	case none:
	case map[string]any:
		objects = append(objects, v)
	case []any:
		for _, each := range v {
			l, o := parts(each)
			leaves, objects = append(leaves, l...), append(objects, o...)
		}
	default:
		leaves = append(leaves, v)
	}
	return leaves, objects
}
