package iam

import (
	"encoding/json"
	"slices"
	"strings"
)

// Principals are those whom a statement of a resource policy is about.
type Principals struct {
	// Anyone is "*", or {"AWS": "*"}.
	Anyone bool
	// AWS are ARNs and account numbers; Service and Federated are names; CanonicalUser are ids of S3.
	AWS, Service, Federated, CanonicalUser []string
}

func principals(raw json.RawMessage) (*Principals, error) {
	if raw == nil {
		return nil, nil
	}
	var all string
	if json.Unmarshal(raw, &all) == nil {
		if all != "*" {
			return nil, malformed(`Invalid principal in policy: "%s"`, all)
		}
		return &Principals{Anyone: true}, nil
	}
	var lists struct{ AWS, Service, Federated, CanonicalUser json.RawMessage }
	if err := strict(raw, &lists); err != nil {
		return nil, syntax
	}
	p := &Principals{}
	for _, list := range []struct {
		raw  json.RawMessage
		into *[]string
	}{{lists.AWS, &p.AWS}, {lists.Service, &p.Service}, {lists.Federated, &p.Federated}, {lists.CanonicalUser, &p.CanonicalUser}} {
		texts, err := listed[string](list.raw)
		if err != nil {
			return nil, syntax
		}
		*list.into = texts
	}
	p.Anyone = slices.Contains(p.AWS, "*")
	return p, nil
}

// Principal is who makes a request.
type Principal struct {
	// ARN is that of a user or of a role's session (arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION), or empty for a service.
	ARN string
	// Role is the ARN of the session's role.
	Role string
	// Service is the name of the AWS service that calls, such as ecs-tasks.amazonaws.com.
	Service string
}

// Account is the twelve digits in the principal's ARN.
func (p Principal) Account() string {
	parts := strings.SplitN(p.ARN, ":", 6)
	if len(parts) < 6 {
		return ""
	}
	return parts[4]
}

// named is how closely a statement names the one who asks.
type named int

const (
	unnamed named = iota
	// byAccount leaves it to the account: its identity policies have to allow the request too.
	byAccount
	// byRole is limited by what a permissions boundary does not allow, unlike a session or a user named by ARN.
	byRole
	byOwn
)

func (p *Principals) names(who Principal) named {
	switch {
	case who.Service != "":
		if p.Anyone || slices.Contains(p.Service, who.Service) {
			return byOwn
		}
		return unnamed
	case slices.Contains(p.AWS, who.ARN):
		return byOwn
	case p.Anyone, who.Role != "" && slices.Contains(p.AWS, who.Role):
		return byRole
	}
	account := who.Account()
	for _, each := range p.AWS {
		if account != "" && (each == account || strings.HasPrefix(each, "arn:") && strings.HasSuffix(each, ":iam::"+account+":root")) {
			return byAccount
		}
	}
	return unnamed
}

// names reports how a statement of a resource policy names the principal; one without principals names all of them.
func (s Statement) names(who Principal) named {
	switch {
	case s.Principals != nil:
		return s.Principals.names(who)
	case s.NotPrincipals == nil:
		return byRole
	case s.NotPrincipals.names(who) != unnamed:
		return unnamed
	}
	return byRole
}
