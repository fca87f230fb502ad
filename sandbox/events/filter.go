package events

import (
	"fmt"
	"strings"
)

// translateFilter turns one content filter into the matcher's, or refuses one that it does not have.
func translateFilter(filter map[string]any, at string) (any, error) {
	if len(filter) != 1 {
		return nil, fmt.Errorf("%s: a filter has one name", at)
	}
	for name, v := range filter {
		switch name {
		case "prefix":
			return glob(v, at, name, func(text string) string { return text + "*" })
		case "suffix":
			return glob(v, at, name, func(text string) string { return "*" + text })
		case "wildcard":
			return wildcard(v, at)
		case "exists":
			if _, ok := v.(bool); !ok {
				return nil, fmt.Errorf("%s: exists is true or false", at)
			}
			return filter, nil
		case "anything-but":
			return anythingBut(v, at)
		case "numeric", "cidr", "equals-ignore-case":
			return nil, fmt.Errorf("%s: the filter %q is not supported here; there are prefix, suffix, wildcard, exists and anything-but", at, name)
		default:
			return nil, fmt.Errorf("%s: there is no filter %q", at, name)
		}
	}
	return nil, nil
}

// glob makes a pattern with one star of a text that has none.
func glob(v any, at, name string, form func(string) string) (any, error) {
	text, ok := v.(string)
	switch {
	case !ok:
		return nil, fmt.Errorf("%s: %s of anything but a text is not supported here", at, name)
	case text == "":
		return nil, fmt.Errorf("%s: %s is empty", at, name)
	case strings.Contains(text, "*"):
		return nil, fmt.Errorf("%s: a star in %s is not supported here", at, name)
	}
	return map[string]any{"shellstyle": form(text)}, nil
}

func wildcard(v any, at string) (any, error) {
	text, ok := v.(string)
	switch {
	case !ok || text == "":
		return nil, fmt.Errorf("%s: wildcard is a text", at)
	case strings.Count(text, "*") > 1 || strings.Contains(text, `\`):
		return nil, fmt.Errorf("%s: a wildcard with more than one star, or with an escaped one, is not supported here", at)
	case strings.Contains(text, "*"):
		return map[string]any{"shellstyle": text}, nil
	}
	return text, nil
}

func anythingBut(v any, at string) (any, error) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	for _, one := range list {
		if _, ok := one.(string); !ok {
			return nil, fmt.Errorf("%s: anything-but of anything but texts is not supported here", at)
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s: anything-but is empty", at)
	}
	return map[string]any{"anything-but": list}, nil
}
