package cli

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"slipway/automation/cloud"
	"slipway/automation/project"
	"slipway/automation/release"
	"slipway/automation/release/ledger"
)

// well is an environment in which everything is as the ledger proved it.
func well() standing {
	r := release.Release{Number: 7, Outcome: ledger.Released, Author: "Ada", Commit: "abc", Ended: time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)}
	return standing{
		Exists: true, taskDefinition: "arn:aws:ecs:us-east-1:0:task-definition/slipway-dev:7", newest: &r,
		Status: release.Status{
			Environment: "dev", Image: "r@sha256:aa", Digest: "sha256:aa", Commit: "abc", Release: &r, Desired: 1, Healthy: 1,
			Running:     []release.Running{{Task: "1", Digest: "sha256:aa"}},
			Deployments: []cloud.Deployment{{Status: "PRIMARY", RolloutState: "COMPLETED", TaskDefinition: "arn:aws:ecs:us-east-1:0:task-definition/slipway-dev:7"}},
		},
	}
}

func TestState(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*standing)
		want   state
		drift  string
	}{
		{"well", func(*standing) {}, stateLive, ""},
		{"no service", func(s *standing) { *s = standing{} }, stateAbsent, ""},
		{"nothing released", func(s *standing) {
			s.Image, s.Release, s.newest, s.Desired, s.Running, s.Healthy = "", nil, nil, 0, nil, 0
		}, stateEmpty, ""},
		{"AWS does not answer", func(s *standing) { s.Problem = "AccessDenied" }, stateUnknown, ""},
		{"a deployer at work", func(s *standing) { s.newest = &release.Release{Number: 8, Outcome: ledger.InProgress} }, stateProgressing, ""},
		{"ECS moves the service", func(s *standing) { s.Deployments[0].RolloutState = "IN_PROGRESS" }, stateProgressing, ""},
		{"an old deployment drains", func(s *standing) { s.Deployments = append(s.Deployments, cloud.Deployment{Status: "ACTIVE"}) }, stateProgressing, ""},
		{"no task", func(s *standing) { s.Running, s.Healthy = nil, 0 }, stateFailed, ""},
		{"no healthy target", func(s *standing) { s.Healthy = 0 }, stateFailed, ""},
		{"one of two", func(s *standing) { s.Desired = 2 }, stateDegraded, ""},
		{"one of two, and the other starts", func(s *standing) { s.Desired, s.Targets = 2, []cloud.Target{{State: "healthy"}, {State: "initial"}} }, stateProgressing, ""},
		{"none of one, and it starts", func(s *standing) { s.Healthy, s.Targets = 0, []cloud.Target{{State: "initial"}} }, stateFailed, ""},
		{"scaled to none", func(s *standing) { s.Desired, s.Running, s.Healthy = 0, nil, 0 }, stateLive, ""},
		{"another task definition", func(s *standing) { s.Deployments[0].TaskDefinition = "x/slipway-dev:6" }, stateDegraded, "ECS runs slipway-dev:6, and the stack says slipway-dev:7"},
		{"another image", func(s *standing) { s.Running[0].Digest = "sha256:bb" }, stateDegraded, "1 of 1 tasks run another image"},
		{"not proved", func(s *standing) {
			s.Release, s.newest = nil, &release.Release{Number: 8, Outcome: ledger.Interrupted, Commit: "def"}
		}, stateDegraded, "no proof of the stack's image; its newest release is 8, interrupted, of def"},
		{"no record at all", func(s *standing) { s.Release, s.newest = nil, nil }, stateDegraded, "the ledger has no release"},
		{"nothing put back", func(s *standing) {
			s.newest = &release.Release{Number: 8, Outcome: ledger.Failed, TaskDefinition: "x/slipway-dev:8"}
		}, stateDegraded, "release 8 failed, and nothing was put back"},
		{"failed before it changed anything", func(s *standing) { s.newest = &release.Release{Number: 8, Outcome: ledger.Failed} }, stateLive, ""},
		{"rolled back", func(s *standing) {
			s.newest = &release.Release{Number: 8, Outcome: ledger.RolledBack, TaskDefinition: "x/slipway-dev:8"}
		}, stateLive, ""},
	} {
		s := well()
		test.change(&s)
		s.assess()
		if drift := strings.Join(s.Drift, "; "); s.State != test.want || !strings.Contains(drift, test.drift) || (drift == "") != (test.drift == "") {
			t.Errorf("%s: %s, drift %q", test.name, s.State, drift)
		}
	}
}

func TestStatusTable(t *testing.T) {
	dev, staging := well(), well()
	staging.Environment, staging.Desired, staging.Behind = "staging", 2, &behind{"dev", 3}
	all := []standing{dev, staging, {Status: release.Status{Environment: "prod"}}, {Status: release.Status{Environment: "eu"}, Problem: "AccessDenied"}}
	for i := range all {
		all[i].assess()
	}
	var out strings.Builder
	printTable(&out, all, dev.newest.Ended.Add(90*time.Minute))
	want := `ENVIRONMENT  STATE     COMMIT  FOR  BY   UPSTREAM              TASKS  HEALTHY
dev          live      abc     1h   Ada  -                     1/1    1/1
staging      degraded  abc     1h   Ada  3 commits behind dev  1/2    1/2
prod         absent    -       -    -    -                     -      -
eu           unknown   -       -    -    -                     -      -
staging: slipway diagnose staging
prod does not exist: slipway up prod
eu: AccessDenied
`
	if out.String() != want {
		t.Errorf("printed\n%s\nwant\n%s", out.String(), want)
	}
}

// An environment whose file cannot be right hides no other one.
func TestOneUnreadableEnvironment(t *testing.T) {
	root := newRoot(t, map[string]string{
		"Pulumi.bad.yaml":      "config:\n  slipway:kind: environment\n  slipway:zones: \"77\"\n  aws:assumeRole: [a]\n",
		"Pulumi.dev.yaml":      "config:\n  slipway:kind: environment\n",
		"Pulumi.delivery.yaml": "config:\n  slipway:kind: delivery\n",
	})
	local(t, root)
	code, out, talk := run(t, root, "status")
	if code != 1 || !strings.Contains(out, "bad          unknown") || !strings.Contains(out, "dev          absent") {
		t.Errorf("code %d\n%s\n%s", code, out, talk)
	}
	if code, _, talk := run(t, root, "status", "bad"); code != 2 {
		t.Errorf("alone: code %d\n%s", code, talk)
	}
}

func TestBehind(t *testing.T) {
	root := newRoot(t, map[string]string{
		"Pulumi.dev.yaml":      "config:\n  slipway:kind: environment\n",
		"Pulumi.staging.yaml":  "config:\n  slipway:kind: environment\n",
		"Pulumi.prod.yaml":     "config:\n  slipway:kind: environment\n",
		"Pulumi.delivery.yaml": "config:\n  slipway:kind: delivery\n  slipway:allowedCidr: 127.0.0.1/32\n  slipway:backendUrl: s3://state?region=us-east-1&awssdk=v2\n",
	})
	git := func(args ...string) string {
		cmd := exec.Command("git", append([]string{"-C", root, "-c", "user.name=Ada", "-c", "user.email=a@example.com"}, args...)...)
		text, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %q: %v\n%s", args, err, text)
		}
		return strings.TrimSpace(string(text))
	}
	git("init", "--quiet")
	commit := func() string {
		git("commit", "--quiet", "--allow-empty", "-m", "one more")
		return git("rev-parse", "HEAD")
	}
	first, second := commit(), commit()
	commit()
	all := []standing{
		{Status: release.Status{Environment: "dev", Commit: second}}, {Status: release.Status{Environment: "staging", Commit: first}},
		{Status: release.Status{Environment: "prod", Commit: first}},
	}
	found, err := project.Find(root)
	if err != nil {
		t.Fatal(err)
	}
	d := &Deployer{Project: found}
	d.compare(t.Context(), all)
	for i, want := range []string{"1 commit behind HEAD", "1 commit behind dev", "-"} {
		if got := all[i].Behind.String(); got != want {
			t.Errorf("%s: %q, want %q", all[i].Environment, got, want)
		}
	}
	if n := d.between(t.Context(), strings.Repeat("0", 40), first); n != -1 {
		t.Errorf("of a commit that this clone does not have: %d", n)
	}
}
