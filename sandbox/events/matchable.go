package events

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// matchable writes an event as the matcher can read it: without empty lists and objects, which no pattern can match,
// and without characters that JSON writes by their number, which no pattern may have.
func matchable(e Event) ([]byte, error) {
	b, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	var tree any
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber() // numbers are matched as they are written
	if err := d.Decode(&tree); err != nil {
		return nil, err
	}
	tree, _ = filled(tree)
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err = enc.Encode(tree)
	return out.Bytes(), err
}

// numbered tells whether JSON writes a character by its number.
func numbered(r rune) bool {
	return r < ' ' && !strings.ContainsRune("\b\f\n\r\t", r) || r == '\u2028' || r == '\u2029'
}

// readable puts another character in the place of those that the matcher cannot read.
func readable(text string) string {
	return strings.Map(func(r rune) rune {
		if numbered(r) {
			return utf8.RuneError
		}
		return r
	}, text)
}

// filled returns a value without what is empty in it, and false when nothing is left.
func filled(v any) (any, bool) {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, one := range v {
			if kept, ok := filled(one); ok {
				out[readable(name)] = kept
			}
		}
		return out, len(out) > 0
	case []any:
		out := []any{}
		for _, one := range v {
			if kept, ok := filled(one); ok {
				out = append(out, kept)
			}
		}
		return out, len(out) > 0
	case string:
		return readable(v), true
	}
	return v, true
}
