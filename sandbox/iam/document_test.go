package iam_test

import (
	"errors"
	"testing"

	"slipway/sandbox/iam"
)

// The messages are those of MalformedPolicyDocument, as CreatePolicy and PutRolePolicy answer it.
func TestParse(t *testing.T) {
	const (
		syntax    = "Syntax errors in policy."
		actions   = "Policy statement must contain actions."
		resources = "Policy statement must contain resources."
	)
	identity := map[string]string{
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`:                               "",
		`{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"a","Effect":"Deny","NotAction":["s3:*"],"NotResource":["*"]}]}`: "",
		`{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3*"}}`:                                            "",
		``:                         syntax,
		`[]`:                       syntax,
		`{"Version":"2012-10-17"}`: syntax,
		`{"Statement":[]}`:         syntax,
		`{"Statement":[{}]}`:       syntax,
		`{"Statement":"Allow"}`:    syntax,
		`{"Version":"2026-01-01","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`:                                                  syntax,
		`{"Statement":{"Effect":"allow","Action":"s3:*","Resource":"*"}}`:                                                                         syntax,
		`{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Reason":"x"}}`:                                                            syntax,
		`{"Statement":{"Effect":"Allow","Action":"s3:*","NotAction":"s3:*","Resource":"*"}}`:                                                      syntax,
		`{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","NotResource":"*"}}`:                                                       syntax,
		`{"Statement":{"Effect":"Allow","Action":1,"Resource":"*"}}`:                                                                              syntax,
		`{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}} x`:                                                                       syntax,
		`{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringIs":{"a:b":"c"}}}}`:                                    syntax,
		`{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"ForSome:StringEquals":{"a:b":"c"}}}}`:                        syntax,
		`{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NullIfExists":{"a:b":"true"}}}}`:                             syntax,
		`{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"a:b":{}}}}}`:                                 syntax,
		`{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":"a"}}}`:                                        syntax,
		`{"Statement":{"Effect":"Allow","Resource":"*"}}`:                                                                                         actions,
		`{"Statement":{"Effect":"Allow","Action":[],"Resource":"*"}}`:                                                                             actions,
		`{"Statement":{"Effect":"Allow","Action":"s3:*"}}`:                                                                                        resources,
		`{"Statement":{"Effect":"Allow","Action":"GetObject","Resource":"*"}}`:                                                                    "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
		`{"Statement":{"Effect":"Allow","Action":"s3:Get:Object","Resource":"*"}}`:                                                                "Actions/Condition can contain only one colon.",
		`{"Statement":{"Effect":"Allow","Action":"s 3:GetObject","Resource":"*"}}`:                                                                "Vendor s 3 is not valid",
		`{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"reports"}}`:                                                           `Resource reports must be in ARN format or "*".`,
		`{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:reports"}}`:                                                `Resource arn:aws:s3:reports must be in ARN format or "*".`,
		`{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":"*"}}`:                                                         "Policy document should not specify a principal.",
		`{"Statement":[{"Sid":"a","Effect":"Allow","Action":"s3:*","Resource":"*"},{"Sid":"a","Effect":"Allow","Action":"s3:*","Resource":"*"}]}`: "Statement IDs (SID) in a single policy must be unique.",
	}
	for text, want := range identity {
		check(t, text, iam.Identity, want)
	}
	check(t, `{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":{"AWS":["*"],"Service":"a.amazonaws.com"}}}`, iam.Resource, "")
	check(t, `{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`, iam.Resource, "Missing required field Principal")
	check(t, `{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":"me"}}`, iam.Resource, `Invalid principal in policy: "me"`)
	check(t, `{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":"*","NotPrincipal":"*"}}`, iam.Resource, syntax)
	check(t, `{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":{"Users":"*"}}}`, iam.Resource, syntax)
	check(t, `{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}}`, iam.Trust, "")
	check(t, `{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*","Principal":"*"}}`, iam.Trust, "Has prohibited field Resource")
}

func check(t *testing.T, text string, kind iam.Kind, want string) {
	t.Helper()
	_, err := iam.Parse(text, kind)
	var wrong *iam.Malformed
	switch {
	case want == "" && err != nil:
		t.Errorf("%s: %v", text, err)
	case want != "" && (!errors.As(err, &wrong) || wrong.Message != want):
		t.Errorf("%s: %v, want %s", text, err, want)
	}
}
