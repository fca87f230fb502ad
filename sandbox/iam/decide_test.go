package iam_test

import (
	"strings"
	"testing"

	"slipway/sandbox/iam"
)

const (
	account = "123456789012"
	user    = "arn:aws:iam::123456789012:user/alice"
	role    = "arn:aws:iam::123456789012:role/builds"
	session = "arn:aws:sts::123456789012:assumed-role/builds/i-0123"
	bucket  = "arn:aws:s3:::reports"
)

func parsed(t *testing.T, text string, kind iam.Kind) *iam.Document {
	t.Helper()
	if text == "" {
		return nil
	}
	d, err := iam.Parse(`{"Version":"2012-10-17","Statement":[`+text+`]}`, kind)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return d
}

// IAM user guide, "Policy evaluation logic", "Permissions boundaries for IAM entities" and "Identity-based policies and
// resource-based policies" (November 2026).
func TestDecide(t *testing.T) {
	const (
		allowGet  = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/*"}`
		denyGet   = `{"Effect":"Deny","Action":"s3:Get*","Resource":"*"}`
		allowPut  = `{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}`
		toUser    = `{"Effect":"Allow","Principal":{"AWS":"` + user + `"},"Action":"s3:GetObject","Resource":"*"}`
		toRole    = `{"Effect":"Allow","Principal":{"AWS":["` + role + `"]},"Action":"s3:GetObject","Resource":"*"}`
		toSession = `{"Effect":"Allow","Principal":{"AWS":"` + session + `"},"Action":"s3:GetObject","Resource":"*"}`
		toAccount = `{"Effect":"Allow","Principal":{"AWS":"` + account + `"},"Action":"s3:GetObject","Resource":"*"}`
		toOther   = `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::210987654321:root"},"Action":"s3:GetObject","Resource":"*"}`
		toService = `{"Effect":"Allow","Principal":{"Service":"logs.amazonaws.com"},"Action":"s3:GetObject","Resource":"*"}`
		notUser   = `{"Effect":"Deny","NotPrincipal":{"AWS":"` + user + `"},"Action":"s3:*","Resource":"*"}`
		denyRoot  = `{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"s3:*","Resource":"*"}`
		denyOther = `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"ArnNotLike":{"aws:PrincipalArn":"` + role + `"}}}`
	)
	alice, build, service := iam.Principal{ARN: user}, iam.Principal{ARN: session, Role: role}, iam.Principal{Service: "logs.amazonaws.com"}
	for name, c := range map[string]struct {
		who                          iam.Principal
		identity, boundary, resource string
		allowed                      bool
		by                           string
	}{
		"nothing says anything":                        {alice, "", "", "", false, ""},
		"an identity policy allows":                    {alice, allowGet, "", "", true, "own"},
		"an explicit deny wins over an allow":          {alice, allowGet + "," + denyGet, "", "", false, "own"},
		"an explicit deny wins wherever it is":         {alice, denyGet, "", toUser, false, "own"},
		"a boundary alone allows nothing":              {alice, "", allowGet, "", false, ""},
		"both boundary and identity policy":            {alice, allowGet, allowGet, "", true, "own"},
		"a boundary that does not allow":               {alice, allowGet, allowPut, "", false, ""},
		"a boundary that denies":                       {alice, allowGet, allowGet + "," + denyGet, "", false, iam.BoundaryPolicy},
		"a resource policy is enough in one account":   {alice, "", "", toUser, true, iam.ResourcePolicy},
		"a boundary does not limit a user named there": {alice, "", allowPut, toUser, true, iam.ResourcePolicy},
		"a role named there may":                       {build, "", "", toRole, true, iam.ResourcePolicy},
		"a boundary limits a role named there":         {build, "", allowPut, toRole, false, ""},
		"a boundary does not limit a session":          {build, "", allowPut, toSession, true, iam.ResourcePolicy},
		"an account named there only delegates":        {alice, "", "", toAccount, false, ""},
		"and its own policies do allow":                {alice, allowGet, "", toAccount, true, "own"},
		"another account's name is nobody's here":      {alice, "", "", toOther, false, ""},
		"a service is named as such":                   {service, "", "", toService, true, iam.ResourcePolicy},
		"and a user is no service":                     {alice, "", "", toService, false, ""},
		"NotPrincipal spares whom it names":            {alice, allowGet, "", notUser, true, "own"},
		"and meets everyone else":                      {build, allowGet, "", notUser, false, iam.ResourcePolicy},
		"a deny of the account meets all of it":        {alice, allowGet, "", denyRoot, false, iam.ResourcePolicy},
		"aws:PrincipalArn of a session is its role":    {build, allowGet, "", denyOther, true, "own"},
		"aws:PrincipalArn of a user is the user":       {alice, allowGet, "", denyOther, false, iam.ResourcePolicy},
	} {
		t.Run(name, func(t *testing.T) {
			p := iam.Policies{Boundary: parsed(t, c.boundary, iam.Identity), Resource: parsed(t, c.resource, iam.Resource)}
			if c.identity != "" {
				p.Identity = map[string]*iam.Document{"own": parsed(t, c.identity, iam.Identity)}
			}
			r := iam.Request{Principal: c.who, Action: "s3:GetObject", Resource: bucket + "/2026.csv"}
			d := p.Decide(r)
			if d.Allowed != c.allowed || d.Policy != c.by || (d.Statement == nil) != (c.by == "") {
				t.Errorf("decided %+v", d)
			}
		})
	}
}

// IAM user guide, "Troubleshoot access denied error messages" (November 2026).
func TestMessage(t *testing.T) {
	r := iam.Request{Principal: iam.Principal{ARN: user}, Action: "s3:GetObject", Resource: bucket + "/a"}
	all, none := `{"Effect":"Allow","Action":"*","Resource":"*"}`, `{"Effect":"Deny","Action":"*","Resource":"*"}`
	for end, p := range map[string]iam.Policies{
		"because no identity-based policy allows the s3:GetObject action":      {},
		"with an explicit deny in an identity-based policy":                    {Identity: map[string]*iam.Document{"a": parsed(t, none, iam.Identity)}},
		"because no permissions boundary allows the s3:GetObject action":       {Identity: map[string]*iam.Document{"a": parsed(t, all, iam.Identity)}, Boundary: &iam.Document{}},
		"with an explicit deny in a permissions boundary":                      {Boundary: parsed(t, none, iam.Identity)},
		"on resource: arn:aws:s3:::reports/a because no identity-based":        {},
		"User: " + user + " is not authorized to perform: s3:GetObject on res": {},
	} {
		if got := p.Decide(r).Message(r); !strings.Contains(got, end) {
			t.Errorf("%q does not say %q", got, end)
		}
	}
}
