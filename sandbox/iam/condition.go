package iam

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Condition is one key under one operator. Several conditions of a statement all have to hold.
type Condition struct {
	// Operator is the name without prefix and suffix, such as StringEquals.
	Operator string
	Set      Set
	IfExists bool
	Key      string
	// Values are the policy's: one of them has to match, or none for an operator that negates.
	Values []string
}

// Set is the prefix of an operator for keys with more than one value.
type Set string

const (
	forAllValues Set = "ForAllValues"
	forAnyValue  Set = "ForAnyValue"
)

// conditions are in the order of operator and key, so that a document is always parsed to the same.
func conditions(raw map[string]map[string]json.RawMessage) ([]Condition, error) {
	var all []Condition
	for _, written := range slices.Sorted(maps.Keys(raw)) {
		for _, key := range slices.Sorted(maps.Keys(raw[written])) {
			c := Condition{Operator: written, Key: key}
			if set, rest, cut := strings.Cut(written, ":"); cut {
				c.Set, c.Operator = Set(set), rest
			}
			c.Operator, c.IfExists = strings.CutSuffix(c.Operator, "IfExists")
			texts, err := listed[scalar](raw[written][key])
			if err != nil || !c.known() || len(texts) == 0 || !strings.Contains(key, ":") {
				return nil, syntax
			}
			for _, text := range texts {
				c.Values = append(c.Values, string(text))
			}
			all = append(all, c)
		}
	}
	return all, nil
}

func (c Condition) known() bool {
	if c.Operator == "Null" {
		return c.Set == "" && !c.IfExists
	}
	_, known := operators[c.Operator]
	return known && (c.Set == "" || c.Set == forAllValues || c.Set == forAnyValue)
}

// scalar is a value of a condition: policies write truths and numbers with and without quotes.
type scalar string

// UnmarshalJSON takes a text, a number or a truth.
func (s *scalar) UnmarshalJSON(text []byte) error {
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return err
	}
	switch v := value.(type) {
	case string:
		*s = scalar(v)
	case bool, float64:
		*s = scalar(text)
	default:
		return fmt.Errorf("%s is no value of a condition", text)
	}
	return nil
}

func (c Condition) holds(context Context, variables bool) bool {
	values, there := context.values(c.Key)
	if c.Operator == "Null" {
		// true asks that the key is missing or has no value.
		return slices.ContainsFunc(c.Values, func(v string) bool { return strings.EqualFold(v, fmt.Sprint(empty(values))) })
	}
	o := operators[c.Operator]
	one := func(value string) bool {
		matched := slices.ContainsFunc(c.Values, func(text string) bool { return o.compare(text, value, variables, context) })
		return matched != o.negated
	}
	switch {
	case c.Set == forAllValues:
		return empty(values) || !slices.ContainsFunc(values, func(v string) bool { return !one(v) })
	case c.Set == forAnyValue:
		return c.IfExists && !there || !empty(values) && slices.ContainsFunc(values, one)
	case !there:
		return c.IfExists || o.negated
	}
	return len(values) == 1 && one(values[0]) // several values need a set operator
}

// empty is a key that is missing or has nothing for a value.
func empty(values []string) bool {
	return !slices.ContainsFunc(values, func(v string) bool { return v != "" })
}
