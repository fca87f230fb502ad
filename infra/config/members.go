package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// members reports what in a decoded JSON value is no member of a type of the AWS SDK, or has another type. The JSON names
// are the SDK's own with a small first letter.
func members(value any, typ reflect.Type, path string) []Problem {
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	wrong := func(allowed string) []Problem {
		return []Problem{{Key: path, Value: clipped(textOf(value)), Allowed: allowed}}
	}
	switch typ.Kind() {
	case reflect.Struct:
		object, ok := value.(map[string]any)
		if !ok {
			return wrong("an object")
		}
		return objectMembers(object, typ, path)
	case reflect.Slice:
		return listMembers(value, typ, path, wrong)
	case reflect.Map:
		object, ok := value.(map[string]any)
		if !ok {
			return wrong("an object of texts")
		}
		for _, each := range object {
			if _, ok := each.(string); !ok {
				return wrong("an object of texts")
			}
		}
	case reflect.String:
		if _, ok := value.(string); !ok {
			return wrong("a text")
		}
	case reflect.Bool:
		if _, ok := value.(bool); !ok {
			return wrong("true or false")
		}
	default:
		number, ok := value.(json.Number)
		if !ok {
			return wrong("a number")
		}
		if _, err := number.Int64(); err != nil {
			return wrong("a whole number")
		}
	}
	return nil
}

func listMembers(value any, typ reflect.Type, path string, wrong func(string) []Problem) (problems []Problem) {
	list, ok := value.([]any)
	if !ok {
		return wrong("a list")
	}
	for i, each := range list {
		problems = append(problems, members(each, typ.Elem(), fmt.Sprintf("%s[%d]", path, i))...)
	}
	return problems
}

func objectMembers(object map[string]any, typ reflect.Type, path string) (problems []Problem) {
	types := map[string]reflect.Type{}
	for field := range typ.Fields() {
		if field.IsExported() {
			types[strings.ToLower(field.Name[:1])+field.Name[1:]] = field.Type
		}
	}
	names := slices.Sorted(maps.Keys(types))
	for _, name := range slices.Sorted(maps.Keys(object)) {
		inner := path + "." + name
		if typ, there := types[name]; there {
			problems = append(problems, members(object[name], typ, inner)...)
			continue
		}
		problems = append(problems, Problem{Key: inner, Value: clipped(textOf(object[name])), Allowed: "unknown to ECS; the nearest is " + nearest(names, name)})
	}
	return problems
}
