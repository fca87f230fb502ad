package awsapi

import (
	"encoding"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// maxDepth is how deep structs of a form may nest.
const maxDepth = 16

// decodeForm fills the struct at v from form values: a field by its name (or its query tag),
// nested structs as Name.Field, lists as Name.member.N and maps as Name.entry.N.key and .value.
// A value that v has no field for is an error.
func decodeForm(form url.Values, v any) error {
	p := reflect.ValueOf(v)
	if p.Kind() != reflect.Pointer || p.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("decoding a form into %T: not a pointer to a struct", v)
	}
	root := tree(form)
	if err := root.fill(p.Elem(), "", 0); err != nil {
		return err
	}
	if name := root.unread(""); name != "" {
		return &memberError{name}
	}
	return nil
}

// node is the values of a form by the parts of their names.
type node struct {
	value    *string
	children map[string]*node
	read     bool // a field took it
}

// unread returns the path of a value that no field took.
func (n *node) unread(path string) string {
	if n.value != nil && *n.value != "" && !n.read && !ofProtocol(path) {
		return path
	}
	for _, name := range slices.Sorted(maps.Keys(n.children)) {
		if found := n.children[name].unread(join(path, name)); found != "" {
			return found
		}
	}
	return ""
}

// ofProtocol are the values that no action is told of.
func ofProtocol(name string) bool {
	return name == "Action" || name == "Version" || strings.HasPrefix(name, "X-Amz-")
}

func tree(form url.Values) *node {
	root := &node{}
	for name, values := range form {
		if len(values) == 0 || strings.Count(name, ".") > 3*maxDepth {
			continue
		}
		root.at(strings.Split(name, ".")).value = &values[0]
	}
	return root
}

func (n *node) at(parts []string) *node {
	for _, part := range parts {
		if n.children == nil {
			n.children = map[string]*node{}
		}
		if n.children[part] == nil {
			n.children[part] = &node{}
		}
		n = n.children[part]
	}
	return n
}

// fill sets v, which may be set, from the node. The path is the one to name in errors.
func (n *node) fill(v reflect.Value, path string, depth int) error {
	n.read = true
	if depth > maxDepth {
		return fmt.Errorf("%s is nested too deep", path)
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		return n.fill(v.Elem(), path, depth+1)
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return n.scalar(path, func(s string) error { return u.UnmarshalText([]byte(s)) })
	}
	switch v.Kind() {
	case reflect.Struct:
		return n.fillStruct(v, path, depth)
	case reflect.Slice:
		return n.fillList(v, path, depth)
	case reflect.Map:
		return n.fillMap(v, path, depth)
	}
	return n.scalar(path, func(s string) error { return setScalar(v, s) })
}

func (n *node) scalar(path string, set func(string) error) error {
	if n.value == nil {
		return fmt.Errorf("%s: a single value is expected", path)
	}
	if err := set(*n.value); err != nil {
		return fmt.Errorf("%s: %q: %w", path, *n.value, err)
	}
	return nil
}

func (n *node) fillStruct(v reflect.Value, path string, depth int) error {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() {
			continue
		}
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			if err := n.fillStruct(v.Field(i), path, depth+1); err != nil {
				return err
			}
			continue
		}
		name := f.Name
		if tag := f.Tag.Get("query"); tag != "" {
			name = tag
		}
		if child := n.children[name]; child != nil {
			if err := child.fill(v.Field(i), join(path, name), depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// fillList appends the members in the order of their numbers; a hole is skipped.
func (n *node) fillList(v reflect.Value, path string, depth int) error {
	numbers, err := n.children["member"].numbers(path)
	if err != nil {
		return err
	}
	v.Set(reflect.MakeSlice(v.Type(), len(numbers), len(numbers)))
	for i, number := range numbers {
		member := n.children["member"].children[number]
		if err := member.fill(v.Index(i), path+".member."+number, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (n *node) fillMap(v reflect.Value, path string, depth int) error {
	numbers, err := n.children["entry"].numbers(path)
	if err != nil {
		return err
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, number := range numbers {
		entry := n.children["entry"].children[number]
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		if entry.children["key"] == nil || entry.children["value"] == nil {
			return fmt.Errorf("%s.entry.%s needs a key and a value", path, number)
		}
		if err := entry.children["key"].fill(key, path+".key", depth+1); err != nil {
			return err
		}
		if err := entry.children["value"].fill(value, path+".value", depth+1); err != nil {
			return err
		}
		v.SetMapIndex(key, value)
	}
	return nil
}

// numbers returns the names of a list's members, in the order of their numbers.
func (n *node) numbers(path string) ([]string, error) {
	if n == nil {
		return nil, nil
	}
	var names []string
	for name := range n.children {
		if i, err := strconv.Atoi(name); err != nil || i < 1 || strconv.Itoa(i) != name {
			return nil, fmt.Errorf("%s: %q is not the number of a member", path, name)
		}
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	return names, nil
}

func setScalar(v reflect.Value, s string) error {
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Bool:
		b, err := strconv.ParseBool(s)
		if err != nil {
			return fmt.Errorf("true or false is expected")
		}
		v.SetBool(b)
	case reflect.Int, reflect.Int32, reflect.Int64:
		i, err := strconv.ParseInt(s, 10, v.Type().Bits())
		if err != nil {
			return fmt.Errorf("a whole number is expected")
		}
		v.SetInt(i)
	case reflect.Float32, reflect.Float64:
		f, err := strconv.ParseFloat(s, v.Type().Bits())
		if err != nil {
			return fmt.Errorf("a number is expected")
		}
		v.SetFloat(f)
	default:
		return fmt.Errorf("a form cannot hold a %s", v.Type())
	}
	return nil
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
