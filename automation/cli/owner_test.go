package cli

import (
	"os/exec"
	"strings"
	"testing"

	"slipway/automation/engine"
	"slipway/automation/fault"
	"slipway/automation/ui"
)

func TestStackOfAnotherProject(t *testing.T) {
	root := newRoot(t, map[string]string{
		"Pulumi.dev.yaml": "config:\n  slipway:kind: environment\n", "Pulumi.qa.yaml": "config:\n  slipway:kind: environment\n  slipway:appName: shop\n",
	})
	local(t, root)
	p, err := (&Session{ProjectDir: root}).Project()
	if err != nil {
		t.Fatal(err)
	}
	d := &Deployer{Sink: ui.Discard, Project: p}
	tagged := func(app string) engine.Resource {
		return engine.Resource{URN: "urn:pulumi:dev::slipway::slipway:infra:Network$aws:ec2/vpc:Vpc::net", Inputs: map[string]any{"tags": map[string]any{"slipway:app": app}}}
	}
	untagged := engine.Resource{URN: "urn:pulumi:dev::slipway::slipway:infra:Network$aws:ec2/route:Route::out"}
	bucket := engine.Resource{URN: "urn:pulumi:dev::slipway::aws:s3/bucket:Bucket::photos", Inputs: map[string]any{"tags": map[string]any{"team": "web"}}}
	for _, c := range []struct {
		name, stack string
		all         []engine.Resource
		says        string
	}{
		{"nothing", "dev", nil, ""},
		{"our own", "dev", []engine.Resource{untagged, tagged("slipway")}, ""},
		{"our own, by the key", "qa", []engine.Resource{tagged("shop")}, ""},
		{"our own, hardly begun", "dev", []engine.Resource{untagged}, ""},
		{"another app", "dev", []engine.Resource{untagged, tagged("shop")}, `2 resources of the app "shop", and this project's app is "slipway"`},
		{"another app, by the key", "qa", []engine.Resource{tagged("slipway")}, `this project's app is "shop"`},
		{"another program", "dev", []engine.Resource{bucket}, "1 resources that no slipway declared, such as " + bucket.URN},
	} {
		s, err := d.open(t.Context(), c.stack, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = d.owned(s, c.all)
		s.Close()
		if (err == nil) != (c.says == "") || err != nil && (!strings.Contains(err.Error(), c.says) || fault.CodeOf(err) != fault.BadInput) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// A stack called images that somebody's own program made is not taken for the one that images are built in.
func TestImagesStackOfAnotherProgram(t *testing.T) {
	root := newRoot(t, map[string]string{"Pulumi.dev.yaml": "config:\n  slipway:kind: environment\n"})
	local(t, root)
	p, err := (&Session{ProjectDir: root}).Project()
	if err != nil {
		t.Fatal(err)
	}
	const state = `{"version":3,"deployment":{"manifest":{"time":"2026-11-26T00:00:00Z","magic":"","version":""},"resources":[
		{"urn":"urn:pulumi:images::slipway::pulumi:pulumi:Stack::slipway-images","custom":false,"type":"pulumi:pulumi:Stack"},
		{"urn":"urn:pulumi:images::slipway::test:a/photo:Photo::one","custom":true,"id":"1","type":"test:a/photo:Photo","parent":"urn:pulumi:images::slipway::pulumi:pulumi:Stack::slipway-images"}]}}`
	for _, args := range [][]string{{"stack", "init", "images"}, {"stack", "import", "--stack", "images", "--force"}} {
		cmd := exec.CommandContext(t.Context(), engine.CLIPath(p), append([]string{"--non-interactive", "--cwd", root}, args...)...)
		cmd.Stdin = strings.NewReader(state)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("pulumi %v: %v\n%s", args, err, out)
		}
	}
	d := &Deployer{Sink: ui.Discard, Project: p}
	_, err = d.open(t.Context(), imagesStack, nil)
	if err == nil || !strings.Contains(err.Error(), "1 resources that are no images, such as urn:pulumi:images::slipway::test:a/photo:Photo::one, and a build would delete them") {
		t.Errorf("%v", err)
	}
}
