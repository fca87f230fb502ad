package awsapi

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// unknown returns the path of the first member of a request in JSON that says something and that the struct has no field
// for, empty when all are known: what an action does not understand it must not ignore. AWS knows every member that a client
// can send; one without a value asks for nothing.
func unknown(body []byte, into any) string {
	var sent any
	if json.Unmarshal(body, &sent) != nil {
		return ""
	}
	return beyond(sent, reflect.TypeOf(into), "")
}

var (
	jsonOwn = reflect.TypeFor[json.Unmarshaler]()
	textOwn = reflect.TypeFor[encoding.TextUnmarshaler]()
)

func beyond(sent any, t reflect.Type, path string) string {
	for t.Kind() == reflect.Pointer && !t.Implements(jsonOwn) && !t.Implements(textOwn) {
		t = t.Elem()
	}
	if p := reflect.PointerTo(t); p.Implements(jsonOwn) || p.Implements(textOwn) {
		return ""
	}
	switch sent := sent.(type) {
	case []any:
		if t.Kind() != reflect.Slice {
			return ""
		}
		for _, each := range sent {
			if found := beyond(each, t.Elem(), path); found != "" {
				return found
			}
		}
	case map[string]any:
		return beyondObject(sent, t, path)
	}
	return ""
}

func beyondObject(sent map[string]any, t reflect.Type, path string) string {
	var names []string
	for name := range sent {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		var next reflect.Type
		switch t.Kind() {
		case reflect.Map:
			next = t.Elem()
		case reflect.Struct:
			known := false
			if next, known = memberOf(t, name); !known && says(sent[name]) {
				return join(path, name)
			}
		}
		if next == nil {
			continue
		}
		if found := beyond(sent[name], next, join(path, name)); found != "" {
			return found
		}
	}
	return ""
}

// memberOf finds the field of a struct, or of one embedded in it, as encoding/json does.
func memberOf(t reflect.Type, name string) (reflect.Type, bool) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && tag == "" {
			inner := f.Type
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			if inner.Kind() == reflect.Struct {
				if found, known := memberOf(inner, name); known {
					return found, true
				}
				continue
			}
		}
		if f.IsExported() && tag != "-" && (strings.EqualFold(tag, name) || tag == "" && strings.EqualFold(f.Name, name)) {
			return f.Type, true
		}
	}
	return nil, false
}

// says reports whether a value asks for anything.
func says(value any) bool {
	switch v := value.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case float64:
		return v != 0
	case []any:
		return len(v) > 0
	case map[string]any:
		for _, each := range v {
			if says(each) {
				return true
			}
		}
		return false
	}
	return true
}

// refusesBy are the services that have a code of their own for a member that does not fit.
var refusesBy = map[string]string{"ecr": "InvalidParameterException", "ecs": "InvalidParameterException", "logs": "InvalidParameterException"}

// memberError refuses a member that the action does not understand. It becomes an Error where the service is known.
type memberError struct{ name string }

func (e *memberError) Error() string { return "the member " + e.name + " is not understood here" }

func (e *memberError) of(c *call) *Error {
	code := "ValidationError"
	if c.wire.protocol() == JSON {
		code = "ValidationException"
		if own, has := refusesBy[c.service]; has {
			code = own
		}
	}
	return Errorf(code, "%s of %s: %s", c.action, c.service, e.Error())
}
