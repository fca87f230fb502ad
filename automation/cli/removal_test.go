package cli

import (
	"bytes"
	"strings"
	"testing"

	"slipway/automation/engine"
	"slipway/automation/ui"
)

func resource(typ, name, id string, retain bool) engine.Resource {
	return engine.Resource{URN: "urn:pulumi:delivery::slipway::" + typ + "::" + name, Type: typ, ID: id, Retain: retain}
}

func TestSurveyOfADestroy(t *testing.T) {
	all := []engine.Resource{
		resource("aws:iam/role:Role", "a", "a", false), resource("aws:iam/role:Role", "b", "b", false),
		resource("aws:ec2/vpc:Vpc", "net", "vpc-1", false),
		resource("aws:codecommit/repository:Repository", "source", "slipway", true),
		resource("aws:ebs/volume:Volume", "home", "vol-1", true),
	}
	r := survey(all, map[string]any{"JenkinsAdminParameter": "/slipway/admin"})
	var talk bytes.Buffer
	r.tell(ui.NewPlain(&talk, false), "delivery")
	want := `  destroying stack delivery deletes 3 resources: 2 iam.Role, ec2.Vpc net
  what stays:
    codecommit.Repository source slipway, with its history, unless slipway:deleteRepository
    ebs.Volume home vol-1, the home of Jenkins, unless slipway:deleteJenkinsHome
    parameter /slipway/admin, which the Jenkins host made: aws ssm delete-parameter --name /slipway/admin
`
	if talk.String() != want {
		t.Errorf("said\n%s\nwant\n%s", talk.String(), want)
	}
	talk.Reset()
	survey(nil, nil).tell(ui.NewPlain(&talk, false), "delivery")
	if talk.Len() > 0 {
		t.Errorf("of nothing it said %q", talk.String())
	}
}

func TestProtectedLoadBalancerStopsADestroy(t *testing.T) {
	d := &Deployer{Sink: ui.Discard}
	balancer := resource(balancerType, "lb", "arn", false)
	balancer.Inputs = map[string]any{"enableDeletionProtection": true}
	root := newRoot(t, map[string]string{"Pulumi.dev.yaml": "config:\n  slipway:kind: environment\n"})
	local(t, root)
	d.Project, _ = (&Session{ProjectDir: root}).Project()
	s, err := d.open(t.Context(), "dev", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = d.stoppers(t.Context(), s, []engine.Resource{balancer}, nil)
	if err == nil || !strings.Contains(err.Error(), "deletion protection; nothing was deleted") {
		t.Errorf("%v", err)
	}
	balancer.Inputs["enableDeletionProtection"] = false
	if err = d.stoppers(t.Context(), s, []engine.Resource{balancer}, nil); err != nil {
		t.Errorf("without protection: %v", err)
	}
}
