package iam

import "fmt"

// Policies are what is in force for a request, each a document by a name of the caller's choice.
type Policies struct {
	Identity map[string]*Document
	// Boundary limits what identity policies allow; nil limits nothing.
	Boundary *Document
	// Resource is the policy of what the request is about; nil when it has none.
	Resource *Document
	// Delegated is set for a resource of which no identity policy may decide alone: its own policy has to name the principal,
	// or its account (KMS developer guide, "Key policies in AWS KMS", November 2026).
	Delegated bool
}

// Decision is the answer to a request.
type Decision struct {
	Allowed bool
	// Explicit is a refusal by a statement that says Deny; without it nothing allows the request.
	Explicit bool
	// Policy is the name of the identity policy that decided, BoundaryPolicy or ResourcePolicy; empty for an implicit refusal.
	Policy string
	// Statement decided, and is nil for an implicit refusal.
	Statement *Statement
	// bounded says that identity policies would have allowed what the boundary does not.
	bounded bool
}

// Names of the policies of a Decision that are no identity policies.
const (
	BoundaryPolicy = "permissions boundary"
	ResourcePolicy = "resource policy"
)

// Decide answers a request within one account: an explicit denial anywhere wins; otherwise one allowance is needed, from
// an identity policy or from the policy of the resource, and the boundary must allow what does not come from a resource
// policy that names the very session or user (IAM user guide, "Policy evaluation logic", "Permissions boundaries").
func (p Policies) Decide(r Request) Decision {
	r.Context = r.known()
	if d, found := p.denied(r); found {
		return d
	}
	own, owned := p.identity(Allow, r)
	granted, how := p.resource(Allow, r)
	if p.Delegated && how == unnamed {
		return Decision{}
	}
	switch {
	case how == byOwn:
		return granted
	case !owned && how == byRole:
		own, owned = granted, true
	}
	if owned && p.Boundary != nil && p.Boundary.find(Allow, r) == nil {
		return Decision{bounded: true}
	}
	if !owned {
		return Decision{}
	}
	return own
}

func (p Policies) denied(r Request) (Decision, bool) {
	if d, found := p.identity(Deny, r); found {
		return d, true
	}
	if p.Boundary != nil {
		if s := p.Boundary.find(Deny, r); s != nil {
			return Decision{Explicit: true, Policy: BoundaryPolicy, Statement: s}, true
		}
	}
	d, how := p.resource(Deny, r)
	return d, how != unnamed
}

// identity finds the first statement of an effect, in the order of the policies' names.
func (p Policies) identity(effect Effect, r Request) (Decision, bool) {
	for _, name := range sortedNames(p.Identity) {
		if s := p.Identity[name].find(effect, r); s != nil {
			return Decision{Allowed: effect == Allow, Explicit: effect == Deny, Policy: name, Statement: s}, true
		}
	}
	return Decision{}, false
}

// resource finds the statement that names the principal most closely.
func (p Policies) resource(effect Effect, r Request) (Decision, named) {
	found, how := Decision{}, unnamed
	if p.Resource == nil {
		return found, how
	}
	for i := range p.Resource.Statements {
		s := &p.Resource.Statements[i]
		if n := s.names(r.Principal); s.Effect == effect && n > how && s.Applies(r) {
			found, how = Decision{Allowed: effect == Allow, Explicit: effect == Deny, Policy: ResourcePolicy, Statement: s}, n
		}
	}
	return found, how
}

func (d *Document) find(effect Effect, r Request) *Statement {
	for i := range d.Statements {
		if s := &d.Statements[i]; s.Effect == effect && s.Applies(r) {
			return s
		}
	}
	return nil
}

// known adds to the context what follows from the principal (IAM user guide, "AWS global condition context keys").
func (r Request) known() Context {
	c := Context{}
	for key, values := range r.Context {
		c[key] = values
	}
	add := func(key, value string) {
		if _, given := c.values(key); !given && value != "" {
			c[key] = []string{value}
		}
	}
	arn := r.Principal.Role
	if arn == "" {
		arn = r.Principal.ARN
	}
	add("aws:PrincipalArn", arn)
	add("aws:PrincipalAccount", r.Principal.Account())
	return c
}

// Message is how AWS tells the caller of a refusal (IAM user guide, "Troubleshoot access denied error messages").
func (d Decision) Message(r Request) string {
	text := fmt.Sprintf("User: %s is not authorized to perform: %s", r.Principal.ARN, r.Action)
	if r.Resource != "*" {
		text += " on resource: " + r.Resource
	}
	switch {
	case d.Explicit && d.Policy == BoundaryPolicy:
		return text + " with an explicit deny in a permissions boundary"
	case d.Explicit && d.Policy == ResourcePolicy:
		return text + " with an explicit deny in a resource-based policy"
	case d.Explicit:
		return text + " with an explicit deny in an identity-based policy"
	case d.bounded:
		return text + " because no permissions boundary allows the " + r.Action + " action"
	}
	return text + " because no identity-based policy allows the " + r.Action + " action"
}
