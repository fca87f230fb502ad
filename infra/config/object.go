package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"unicode/utf8"
)

// object is a key whose value is a mapping or a list: YAML in a stack's file, JSON by the time that it arrives here.
type object struct {
	key string
	// allowed ends the sentence "this must be".
	allowed string
	// parts are the keys of a mapping that has fixed ones.
	parts *group
	// take stores the value of an object without parts, and answers what is wrong with it: keys are below that of the object.
	take func(c *Config, value any) []Problem
}

// group are keys that stand beside each other: those of a stack, or those within one object.
type group struct {
	within   string // the object's key and a dot; empty for those of a stack
	settings []setting
	objects  []object
}

// read stores each key's value or its fallback, and reports each key that is unknown.
func (g *group) read(c *Config, raw map[string]string) []Problem {
	problems := g.unknown(raw)
	for _, s := range g.settings {
		problems = append(problems, s.apply(c, raw)...)
	}
	for _, o := range g.objects {
		problems = append(problems, o.apply(c, raw[o.key])...)
	}
	return problems
}

func (o object) apply(c *Config, text string) []Problem {
	if text == "" {
		if o.parts != nil {
			return o.parts.read(c, nil) // for the fallbacks
		}
		return nil
	}
	value, err := decoded(text)
	if err != nil {
		return []Problem{{Key: o.key, Value: clipped(text), Allowed: o.allowed}}
	}
	if value == nil {
		return o.apply(c, "")
	}
	if o.parts == nil {
		return below(o.key, o.take(c, value), o.allowed)
	}
	mapping, ok := value.(map[string]any)
	if !ok {
		return []Problem{{Key: o.key, Value: clipped(text), Allowed: o.allowed}}
	}
	inner := map[string]string{}
	for key, value := range mapping {
		if value != nil {
			inner[key] = textOf(value)
		}
	}
	return below(o.key, o.parts.read(c, inner), o.allowed)
}

// below puts the key of an object before those of the problems within it. A problem without a key is one of the object.
func below(key string, problems []Problem, allowed string) []Problem {
	for i, p := range problems {
		problems[i].Key = key + "." + p.Key
		if p.Key == "" {
			problems[i].Key = key
		}
		if p.Allowed == "" {
			problems[i].Allowed = allowed
		}
	}
	return problems
}

func decoded(text string) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if decoder.More() {
		return nil, fmt.Errorf("text after the value")
	}
	return value, nil
}

// textOf is a value as a setting reads it: a scalar's own text, or JSON.
func textOf(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return ""
	}
	return string(bytes.TrimSpace(text.Bytes()))
}

// mostShown bounds what an error repeats of a value.
const mostShown = 80

func clipped(text string) string {
	if len(text) <= mostShown {
		return text
	}
	end := mostShown
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// YAML reads 012 as 10, 1.10 as 1.1, True as true, and a date as a time, so that only quotes keep what was written.
const quoted = "text: a number, true, false or a date in quotes"

// oddTime is what Pulumi makes of a date without quotes.
var oddTime = regexp.MustCompile(`\A[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]{8,} [+-][0-9]{4} [A-Z+-]`)

// plain is the value when it is the text that was written.
func plain(value any) (string, bool) {
	text, ok := value.(string)
	return text, ok && !oddTime.MatchString(text) && !bytes.ContainsRune([]byte(text), 0)
}

// mapping takes a mapping from names to texts. Check answers what would be allowed in place of an entry, "" for a good one.
func mapping(field func(*Config) *map[string]string, check func(name, value string) string) func(*Config, any) []Problem {
	return func(c *Config, value any) (problems []Problem) {
		all, ok := value.(map[string]any)
		if !ok {
			return []Problem{{Value: clipped(textOf(value))}}
		}
		texts := map[string]string{}
		for _, name := range slices.Sorted(maps.Keys(all)) {
			text, ok := plain(all[name])
			switch {
			case !ok:
				problems = append(problems, Problem{Key: name, Value: clipped(textOf(all[name])), Allowed: quoted})
			default:
				if allowed := check(name, text); allowed != "" {
					problems = append(problems, Problem{Key: name, Value: clipped(text), Allowed: allowed})
				}
			}
			texts[name] = text
		}
		*field(c) = texts
		return problems
	}
}

// list takes a list of texts. Check answers what would be allowed in place of an entry, "" for a good one.
func list(field func(*Config) *[]string, check func(earlier []string, value string) string) func(*Config, any) []Problem {
	return func(c *Config, value any) (problems []Problem) {
		all, ok := value.([]any)
		if !ok {
			return []Problem{{Value: clipped(textOf(value))}}
		}
		var texts []string
		for i, each := range all {
			text, ok := plain(each)
			allowed := quoted
			if ok {
				allowed = check(texts, text)
			}
			if allowed != "" {
				problems = append(problems, Problem{Key: fmt.Sprintf("%d", i+1), Value: clipped(textOf(each)), Allowed: allowed})
			}
			texts = append(texts, text)
		}
		*field(c) = texts
		return problems
	}
}
