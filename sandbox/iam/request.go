package iam

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Request is one call that has to be decided: an action on one resource.
type Request struct {
	Principal Principal
	// Action is the service's prefix and the action, such as ecs:UpdateService.
	Action string
	// Resource is the ARN that the action is about, "*" for an action that knows no resource.
	Resource string
	Context  Context
}

// Context is what is known of a request, by condition key. Most keys have one value; aws:TagKeys and its like have more.
type Context map[string][]string

// values finds a key as IAM does, without regard to case.
func (c Context) values(key string) ([]string, bool) {
	if values, there := c[key]; there {
		return values, true
	}
	for name, values := range c {
		if strings.EqualFold(name, key) {
			return values, true
		}
	}
	return nil, false
}

// Applies reports whether a statement is about a request: its actions, resources and conditions, not its principals.
func (s Statement) Applies(r Request) bool {
	return s.coversAction(r) && s.coversResource(r) && s.conditionsHold(r)
}

func (s Statement) coversAction(r Request) bool {
	list, wanted := s.Actions, true
	if len(s.NotActions) > 0 {
		list, wanted = s.NotActions, false
	}
	for _, element := range list {
		if MatchAction(element, r.Action) {
			return wanted
		}
	}
	return !wanted
}

// coversResource takes a statement without resources, as in a trust policy, for one about everything.
func (s Statement) coversResource(r Request) bool {
	list, wanted := s.Resources, true
	if len(s.NotResources) > 0 {
		list, wanted = s.NotResources, false
	}
	if len(list) == 0 {
		return true
	}
	for _, element := range list {
		if matches(element, r.Resource, s.variables, r.Context) {
			return wanted
		}
	}
	return !wanted
}

func (s Statement) conditionsHold(r Request) bool {
	for _, c := range s.Conditions {
		if !c.holds(r.Context, s.variables) {
			return false
		}
	}
	return true
}

func firstRune(text string) (rune, int) { return utf8.DecodeRuneInString(text) }

func sortedNames(documents map[string]*Document) []string { return slices.Sorted(maps.Keys(documents)) }
