package grants_test

import (
	"slices"
	"testing"

	"slipway/conformance/grants"
	"slipway/sandbox/iam"
)

func role(t *testing.T) grants.Role {
	t.Helper()
	documents := map[string]*iam.Document{}
	for name, text := range map[string]string{
		"read":  `{"Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::a","arn:aws:s3:::a/*"]}]}`,
		"write": `{"Statement":[{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::a/*"},{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::a/secret"}]}`,
		"aws":   `{"Statement":[{"Effect":"Allow","Action":"ssm:*","Resource":"*"}]}`,
	} {
		document, err := iam.Parse(text, iam.Identity)
		if err != nil {
			t.Fatal(err)
		}
		documents[name] = document
	}
	managed := map[string]*iam.Document{"aws": documents["aws"]}
	delete(documents, "aws")
	return grants.Role{ARN: "arn:aws:iam::1:role/r", Own: documents, Managed: managed, Absent: map[string][]string{"look": {"write"}}}
}

func call(duty, action, resource string) grants.Call {
	return grants.Call{Duty: duty, Needs: []iam.Request{{Action: action, Resource: resource, Context: iam.Context{"aws:x": {"1", "2"}}}}}
}

func TestCompare(t *testing.T) {
	all := []grants.Call{
		call("look", "s3:GetObject", "arn:aws:s3:::a/k"), call("look", "s3:ListBucket", "arn:aws:s3:::a"), call("work", "s3:PutObject", "arn:aws:s3:::a/k"),
	}
	for name, c := range map[string]struct {
		calls  []grants.Call
		tables grants.Tables
		want   []string
	}{
		"everything fits": {all, grants.Tables{}, nil},
		"a call without a grant": {append(slices.Clone(all), call("work", "s3:DeleteObject", "arn:aws:s3:::a/k")), grants.Tables{},
			[]string{"without a grant: work: s3:DeleteObject on arn:aws:s3:::a/k with aws:x=1,2"}},
		"a call that is denied": {append(slices.Clone(all), call("work", "s3:GetObject", "arn:aws:s3:::a/secret")), grants.Tables{},
			[]string{"without a grant: work: s3:GetObject on arn:aws:s3:::a/secret with aws:x=1,2"}},
		"a policy that the duty has not": {append(slices.Clone(all), call("look", "s3:PutObject", "arn:aws:s3:::a/k")), grants.Tables{},
			[]string{"without a grant: look: s3:PutObject on arn:aws:s3:::a/k with aws:x=1,2"}},
		"AWS's policies only allow": {append(slices.Clone(all), call("look", "ssm:GetParameter", "arn:aws:ssm:r:1:parameter/p")), grants.Tables{}, nil},
		"a grant without a call":    {all[:2], grants.Tables{}, []string{"without a call: write: s3:PutObject on arn:aws:s3:::a/*"}},
		"a grant with a reason":     {all[:2], grants.Tables{Uncalled: []grants.Uncalled{{"write", "s3:PutObject", "", "by hand"}}}, nil},
		"a reason that is no longer true": {all, grants.Tables{Uncalled: []grants.Uncalled{{"write", "s3:PutObject", "", "by hand"}}},
			[]string{"in the table of grants without a call, and no longer one: write: s3:PutObject"}},
		"what the role may not": {append(slices.Clone(all), call("work", "s3:DeleteBucket", "arn:aws:s3:::a")),
			grants.Tables{Left: []grants.Left{{"work", "s3:DeleteBucket", ":::a", "for people"}}}, nil},
		"and never asked for": {all, grants.Tables{Left: []grants.Left{{"work", "s3:DeleteBucket", ":::a", "for people"}}},
			[]string{"in the table of what the role may not, and never asked for: work: s3:DeleteBucket"}},
		"and only in its duty": {append(slices.Clone(all), call("look", "s3:DeleteBucket", "arn:aws:s3:::a"), call("work", "s3:DeleteBucket", "arn:aws:s3:::a")),
			grants.Tables{Left: []grants.Left{{"work", "s3:DeleteBucket", ":::a", "for people"}}},
			[]string{"without a grant: look: s3:DeleteBucket on arn:aws:s3:::a with aws:x=1,2"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := grants.Compare(role(t), c.calls, c.tables).Faults(); !slices.Equal(got, c.want) {
				t.Errorf("faults %q, want %q", got, c.want)
			}
		})
	}
}

func TestSummary(t *testing.T) {
	compared := grants.Compare(role(t), []grants.Call{call("look", "s3:GetObject", "arn:aws:s3:::a/k")},
		grants.Tables{Uncalled: []grants.Uncalled{{"write", "s3:PutObject", "", "by hand"}}})
	if got := compared.Summary(); got != "3 grants: 1 with a call, 1 with a reason, 1 without either" || compared.Calls["look"] != 1 {
		t.Errorf("%s of %v", got, compared.Calls)
	}
}
