// Package policy has IAM's statements, the documents made of them, and the roles that services take.
package policy

import (
	"encoding/json"
	"maps"
)

// Statement is one statement of a policy, as IAM's JSON has it.
type Statement struct {
	Effect    string            `json:"Effect"`
	Principal map[string]string `json:"Principal,omitempty"`
	Action    []string          `json:"Action"`
	Resource  []string          `json:"Resource,omitempty"`
	Condition Condition         `json:"Condition,omitempty"`
}

// Condition has values by operator and key, of which one has to match.
type Condition map[string]map[string]Values

// Values are one or several texts; one alone is no list in the document.
type Values []string

// MarshalJSON is a text, or a list of texts.
func (v Values) MarshalJSON() ([]byte, error) {
	if len(v) == 1 {
		return json.Marshal(v[0])
	}
	return json.Marshal([]string(v))
}

// Allow permits actions on one resource, an ARN or "*".
func Allow(resource string, actions ...string) Statement {
	return AllowEach([]string{resource}, actions...)
}

// AllowEach permits actions on each of the resources.
func AllowEach(resources []string, actions ...string) Statement {
	return Statement{Effect: "Allow", Action: actions, Resource: resources}
}

// When is the statement with one more condition.
func (s Statement) When(operator, key string, values ...string) Statement {
	condition := Condition{}
	for o, keys := range s.Condition {
		condition[o] = maps.Clone(keys)
	}
	if condition[operator] == nil {
		condition[operator] = map[string]Values{}
	}
	condition[operator][key] = values
	s.Condition = condition
	return s
}

// Text is a policy document in a fixed order, so that the same statements never show a difference.
func Text(statements ...Statement) (string, error) {
	text, err := json.Marshal(struct {
		Version   string      `json:"Version"`
		Statement []Statement `json:"Statement"`
	}{"2012-10-17", statements})
	return string(text), err
}
