package iam

import (
	"encoding/json"
	"regexp"
	"strings"
)

// Effect is what a statement does to the requests that it applies to.
type Effect string

const (
	Allow Effect = "Allow"
	Deny  Effect = "Deny"
)

type rawStatement struct {
	SID          string `json:"Sid"`
	Effect       string
	Principal    json.RawMessage
	NotPrincipal json.RawMessage
	Action       json.RawMessage
	NotAction    json.RawMessage
	Resource     json.RawMessage
	NotResource  json.RawMessage
	Condition    map[string]map[string]json.RawMessage
}

func (r rawStatement) statement(kind Kind, variables bool) (Statement, error) {
	s := Statement{SID: r.SID, Effect: Effect(r.Effect), variables: variables}
	if s.Effect != Allow && s.Effect != Deny {
		return s, syntax
	}
	for _, list := range []struct {
		raw  json.RawMessage
		into *[]string
	}{{r.Action, &s.Actions}, {r.NotAction, &s.NotActions}, {r.Resource, &s.Resources}, {r.NotResource, &s.NotResources}} {
		texts, err := listed[string](list.raw)
		if err != nil {
			return s, syntax
		}
		*list.into = texts
	}
	if r.Action != nil && r.NotAction != nil || r.Resource != nil && r.NotResource != nil {
		return s, syntax
	}
	if err := s.who(r, kind); err != nil {
		return s, err
	}
	if err := s.what(kind); err != nil {
		return s, err
	}
	var err error
	s.Conditions, err = conditions(r.Condition)
	return s, err
}

func (s *Statement) who(r rawStatement, kind Kind) (err error) {
	if s.Principals, err = principals(r.Principal); err != nil {
		return err
	}
	if s.NotPrincipals, err = principals(r.NotPrincipal); err != nil {
		return err
	}
	given := s.Principals != nil || s.NotPrincipals != nil
	switch {
	case s.Principals != nil && s.NotPrincipals != nil:
		return syntax
	case kind == Identity && given:
		return malformed("Policy document should not specify a principal.")
	case kind != Identity && !given:
		return malformed("Missing required field Principal")
	}
	return nil
}

func (s *Statement) what(kind Kind) error {
	actions, resources := append(s.Actions, s.NotActions...), append(s.Resources, s.NotResources...)
	if len(actions) == 0 {
		return malformed("Policy statement must contain actions.")
	}
	for _, action := range actions {
		if err := checkAction(action); err != nil {
			return err
		}
	}
	switch {
	case kind == Trust && len(resources) > 0:
		return malformed("Has prohibited field Resource")
	case kind != Trust && len(resources) == 0:
		return malformed("Policy statement must contain resources.")
	}
	for _, resource := range resources {
		if err := checkResource(resource); err != nil {
			return err
		}
	}
	return nil
}

var vendorForm = regexp.MustCompile(`^[a-zA-Z0-9\-.]+$`)

func checkAction(action string) error {
	if action == "*" {
		return nil
	}
	vendor, name, cut := strings.Cut(action, ":")
	switch {
	case !cut:
		return malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
	case strings.Contains(name, ":"):
		return malformed("Actions/Condition can contain only one colon.")
	case !vendorForm.MatchString(vendor):
		return malformed("Vendor %s is not valid", vendor)
	}
	return nil
}

// checkResource takes "*" and what has the six parts of an ARN; a wildcard may stand for the rest of them.
func checkResource(resource string) error {
	if resource == "*" {
		return nil
	}
	parts := strings.SplitN(resource, ":", 6)
	whole := len(parts) == 6 || strings.HasSuffix(resource, "*") && len(parts) > 1
	if !whole || parts[0] != "arn" {
		return malformed(`Resource %s must be in ARN format or "*".`, resource)
	}
	return nil
}
