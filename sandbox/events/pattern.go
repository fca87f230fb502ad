package events

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/timbray/quamina"
)

// pattern is an event pattern that can be matched.
type pattern struct{ q *quamina.Quamina }

// fields are those at the top of an event.
var fields = []string{"version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"}

// parsePattern reads an event pattern, or says what of it is wrong or cannot be matched here.
func parsePattern(text string) (pattern, error) {
	var tree map[string]any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&tree); err != nil {
		return pattern{}, fmt.Errorf("it is not a JSON object: %w", err)
	}
	if d.More() {
		return pattern{}, fmt.Errorf("it is more than one JSON object")
	}
	if len(tree) == 0 {
		return pattern{}, fmt.Errorf("it is empty")
	}
	for name := range tree {
		if !slices.Contains(fields, name) && name != "$or" {
			return pattern{}, fmt.Errorf("events have no field %q; they have %s", name, strings.Join(fields, ", "))
		}
	}
	if strings.ContainsFunc(fmt.Sprint(tree), numbered) {
		return pattern{}, fmt.Errorf("control characters are not supported here")
	}
	translated, err := translate(tree, "")
	if err != nil {
		return pattern{}, err
	}
	b, err := json.Marshal(translated)
	if err != nil {
		return pattern{}, err
	}
	q, err := quamina.New()
	if err != nil {
		return pattern{}, err
	}
	return pattern{q}, q.AddPattern("rule", string(b))
}

// matches tells whether an event, as JSON, fits the pattern.
func (p pattern) matches(event []byte) (bool, error) {
	found, err := p.q.MatchesForEvent(event)
	return len(found) > 0, err
}

// translate turns EventBridge's filters into those of the matcher.
func translate(tree map[string]any, path string) (map[string]any, error) {
	out := map[string]any{}
	for name, v := range tree {
		at := strings.TrimPrefix(path+"."+name, ".")
		if name == "$or" {
			return nil, fmt.Errorf("%s: $or is not supported here; write one rule per alternative", at)
		}
		var err error
		switch v := v.(type) {
		case map[string]any:
			if len(v) == 0 {
				return nil, fmt.Errorf("%s: it is empty", at)
			}
			out[name], err = translate(v, at)
		case []any:
			out[name], err = translateList(v, at)
		default:
			err = fmt.Errorf("%s: a field's values are written as a list, like [%q]", at, fmt.Sprint(v))
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func translateList(list []any, at string) (out []any, err error) {
	if len(list) == 0 {
		return nil, fmt.Errorf("%s: an empty list matches nothing", at)
	}
	for _, v := range list {
		switch filter := v.(type) {
		case map[string]any:
			if v, err = translateFilter(filter, at); err != nil {
				return nil, err
			}
			if only := exclusive(filter); only != "" && len(list) > 1 {
				return nil, fmt.Errorf("%s: %s beside other values is not supported here", at, only)
			}
		case []any:
			return nil, fmt.Errorf("%s: a list inside a list matches nothing", at)
		}
		out = append(out, v)
	}
	return out, nil
}

// exclusive returns the name of a filter that stands alone in its list.
func exclusive(filter map[string]any) string {
	for _, name := range []string{"exists", "anything-but"} {
		if _, ok := filter[name]; ok {
			return name
		}
	}
	return ""
}
