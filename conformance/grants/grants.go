// Package grants compares what a role of IAM is allowed with what was asked of IAM in its duties: a request without a
// grant is a fault, and so is a grant that no request needs and no table has a reason for.
package grants

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"slipway/sandbox/iam"
)

// Role is who the requests are held against.
type Role struct {
	ARN string
	// Own are the policies whose every grant has to be needed, by a short name. Managed are AWS's, which only allow.
	Own, Managed map[string]*iam.Document
	// Absent are names of own policies that a duty has to do without.
	Absent map[string][]string
}

// Call is one call to AWS in a duty, as the requests that IAM has to allow for it.
type Call struct {
	Duty  string
	Needs []iam.Request
}

// Tables are what is known to differ, each entry with its reason. An entry that nothing is found for is a fault.
type Tables struct {
	// Uncalled are grants without a call.
	Uncalled []Uncalled
	// Left are requests that a duty makes and the role may not.
	Left []Left
}

// Uncalled are the actions, separated by spaces, of one policy; On is a part of the resources of their statement.
type Uncalled struct{ Policy, Actions, On, Reason string }

// Left is an action on resources with On in their ARN, in one duty.
type Left struct{ Duty, Action, On, Reason string }

// Grant is one action of one statement.
type Grant struct {
	Policy, Action string
	Resources      []string
	// Duties are those with a request that the grant allows.
	Duties map[string]bool
	// Reason is the table's, for a grant that no request needed.
	Reason string
}

// String names the grant by its policy, action and first resource.
func (g *Grant) String() string {
	text := g.Policy + ": " + g.Action + " on " + g.Resources[0]
	if more := len(g.Resources) - 1; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// Comparison is the result, in the order of policies and statements.
type Comparison struct {
	Grants []*Grant
	// Calls are counted by duty.
	Calls map[string]int

	role    Role
	tables  Tables
	refused map[string]bool
	met     map[int]bool // entries of Tables.Left
	stale   []string
}

// Compare holds every call against the role.
func Compare(role Role, calls []Call, tables Tables) *Comparison {
	c := &Comparison{role: role, tables: tables, Calls: map[string]int{}, refused: map[string]bool{}, met: map[int]bool{}}
	c.each(func(name string, s iam.Statement, action string) {
		c.Grants = append(c.Grants, &Grant{Policy: name, Action: action, Resources: s.Resources, Duties: map[string]bool{}})
	})
	for _, call := range calls {
		c.Calls[call.Duty]++
		for _, need := range call.Needs {
			need.Principal = iam.Principal{ARN: strings.Replace(role.ARN, ":iam:", ":sts:", 1), Role: role.ARN}
			c.hold(call.Duty, need)
		}
	}
	c.explain()
	return c
}

// each goes through the actions of all statements that allow, always in the same order.
func (c *Comparison) each(visit func(policy string, s iam.Statement, action string)) {
	for _, name := range slices.Sorted(maps.Keys(c.role.Own)) {
		for _, s := range c.role.Own[name].Statements {
			if s.Effect != iam.Allow {
				continue
			}
			for _, action := range s.Actions {
				visit(name, s, action)
			}
		}
	}
}

func (c *Comparison) hold(duty string, need iam.Request) {
	policies := maps.Clone(c.role.Own)
	for _, name := range c.role.Absent[duty] {
		delete(policies, name)
	}
	maps.Copy(policies, c.role.Managed)
	if (iam.Policies{Identity: policies}).Decide(need).Allowed {
		c.use(duty, need)
		return
	}
	for i, left := range c.tables.Left {
		if left.Duty == duty && left.Action == need.Action && strings.Contains(need.Resource, left.On) {
			c.met[i] = true
			return
		}
	}
	c.refused[fmt.Sprintf("%s: %s on %s%s", duty, need.Action, need.Resource, contextText(need.Context))] = true
}

// use marks every grant that allows the request: more than one may.
func (c *Comparison) use(duty string, need iam.Request) {
	at := 0
	c.each(func(policy string, s iam.Statement, action string) {
		if !slices.Contains(c.role.Absent[duty], policy) && iam.MatchAction(action, need.Action) && s.Applies(need) {
			c.Grants[at].Duties[duty] = true
		}
		at++
	})
}

func contextText(context iam.Context) string {
	var texts []string
	for _, key := range slices.Sorted(maps.Keys(context)) {
		texts = append(texts, key+"="+strings.Join(context[key], ","))
	}
	if len(texts) == 0 {
		return ""
	}
	return " with " + strings.Join(texts, " ")
}

// explain gives unused grants their reasons, and finds the entries of the tables that explain nothing.
func (c *Comparison) explain() {
	for _, u := range c.tables.Uncalled {
		for _, action := range strings.Fields(u.Actions) {
			found := false
			for _, g := range c.Grants {
				if g.Policy == u.Policy && g.Action == action && len(g.Duties) == 0 && strings.Contains(strings.Join(g.Resources, " "), u.On) {
					g.Reason, found = u.Reason, true
				}
			}
			if !found {
				c.stale = append(c.stale, "in the table of grants without a call, and no longer one: "+u.Policy+": "+action)
			}
		}
	}
	for i, left := range c.tables.Left {
		if !c.met[i] {
			c.stale = append(c.stale, "in the table of what the role may not, and never asked for: "+left.Duty+": "+left.Action)
		}
	}
}

// Faults are in words: requests without a grant, grants without a call or a reason, and entries that are no longer true.
func (c *Comparison) Faults() []string {
	var faults []string
	for _, text := range slices.Sorted(maps.Keys(c.refused)) {
		faults = append(faults, "without a grant: "+text)
	}
	for _, g := range c.Grants {
		if len(g.Duties) == 0 && g.Reason == "" {
			faults = append(faults, "without a call: "+g.String())
		}
	}
	return append(faults, c.stale...)
}

// Summary says how many grants there are, and how many of them have a call or only a reason.
func (c *Comparison) Summary() string {
	used, reasoned := 0, 0
	for _, g := range c.Grants {
		switch {
		case len(g.Duties) > 0:
			used++
		case g.Reason != "":
			reasoned++
		}
	}
	return fmt.Sprintf("%d grants: %d with a call, %d with a reason, %d without either", len(c.Grants), used, reasoned, len(c.Grants)-used-reasoned)
}
