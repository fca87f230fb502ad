package definition

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"sort"
	"strings"
)

// Containers reads the JSON list that a task definition's containerDefinitions is.
// A part that nothing here can do is an error unless it is empty, as is a part that ECS does not know.
func Containers(text string) ([]Container, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return nil, refuse("ECS Task Definition container_definitions is invalid: Error decoding JSON: %v", err)
	}
	list := make([]Container, len(raw))
	for i, r := range raw {
		at := fmt.Sprintf("containerDefinitions[%d]", i)
		if err := check(r, reflect.TypeFor[Container](), at); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(r, &list[i]); err != nil {
			return nil, refuse("%s: %v", at, err)
		}
	}
	return list, nil
}

// check compares the object's keys with the fields of the struct type, all the way down.
func check(raw json.RawMessage, typ reflect.Type, at string) error {
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	switch {
	case typ.Kind() == reflect.Slice && typ.Elem().Kind() == reflect.Struct:
		var items []json.RawMessage
		if json.Unmarshal(raw, &items) != nil {
			return nil // the decoder says it better
		}
		for i, item := range items {
			if err := check(item, typ.Elem(), fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
	case typ.Kind() == reflect.Struct:
		return checkObject(raw, typ, at)
	}
	return nil
}

func checkObject(raw json.RawMessage, typ reflect.Type, at string) error {
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil {
		return nil
	}
	known := fields(typ)
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	for _, key := range keys {
		field, ok := known[strings.ToLower(key)]
		if !ok && empty(object[key]) {
			continue
		}
		if !ok {
			return refuse("%s.%s is not supported here", at, key)
		}
		if err := check(object[key], field, at+"."+key); err != nil {
			return err
		}
	}
	return nil
}

func fields(typ reflect.Type) map[string]reflect.Type {
	known := map[string]reflect.Type{}
	for i := range typ.NumField() {
		name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		known[strings.ToLower(name)] = typ.Field(i).Type
	}
	return known
}

func empty(raw json.RawMessage) bool {
	switch string(bytes.TrimSpace(raw)) {
	case "null", "[]", "{}", `""`, "false", "0":
		return true
	}
	return false
}
