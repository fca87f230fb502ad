package cli

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"slipway/automation/cloud"
	"slipway/automation/engine"
	"slipway/automation/fault"
	"slipway/automation/ui"
)

// account is one whose VPCs are counted.
type account struct {
	limit, used int
	err         error
}

func (a account) Quota(_ context.Context, typ string) (cloud.Quota, bool, error) {
	return cloud.Quota{Name: "VPCs per Region", Service: "vpc", Code: "L-F678F1CE", Limit: a.limit, Used: a.used}, typ == "aws:ec2/vpc:Vpc", a.err
}

func TestRoomFor(t *testing.T) {
	plan := engine.Changes{{Type: "aws:iam/role:Role", Op: "create"}, {Type: "aws:ec2/vpc:Vpc", Op: "create"}}
	tests := []struct {
		name    string
		plan    engine.Changes
		at      account
		verbose bool
		fails   string
		says    string
	}{
		{"room", plan, account{5, 4, nil}, false, "", ""},
		{"full", plan, account{5, 5, nil}, false, `it needs 1 more of "VPCs per Region", and the account has 5 of 5 in use; nothing was changed`, ""},
		{"nothing is made", engine.Changes{{Type: "aws:ec2/vpc:Vpc", Op: "update"}}, account{5, 5, nil}, false, "", ""},
		{"denied", plan, account{5, 0, errors.New("UnauthorizedOperation")}, false, "", "! the quota VPCs per Region was not checked: UnauthorizedOperation"},
		{"nobody answers", plan, account{5, 0, errors.New("no such service")}, false, "", ""},
		{"nobody answers, in detail", plan, account{5, 0, errors.New("no such service")}, true, "", "cannot be checked here: no such service"},
	}
	for _, test := range tests {
		var talk bytes.Buffer
		d := &Deployer{Sink: ui.NewPlain(&talk, false), Verbose: test.verbose}
		err := d.roomFor(t.Context(), test.at, "dev", test.plan)
		if (err != nil) != (test.fails != "") || err != nil && (!strings.Contains(err.Error(), test.fails) || fault.CodeOf(err) != fault.NotReady) {
			t.Errorf("%s: %v", test.name, err)
		}
		if !strings.Contains(talk.String(), test.says) || test.says == "" && talk.Len() > 0 {
			t.Errorf("%s: said %q", test.name, talk.String())
		}
	}
}
