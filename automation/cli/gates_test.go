package cli

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"

	"slipway/automation/fault"
	"slipway/automation/project"
	"slipway/automation/release"
	"slipway/infra/config"
)

// An environment's configuration decides which gates a release meets, in which order.
func TestGatesOfAnEnvironment(t *testing.T) {
	full, err := config.Parse(map[string]string{
		"kind": "environment", "before": `["migrate"]`, "smoke": `[{"path":"/"}]`, "verifyCommand": `["true"]`, "soak": "1h", "windows": `["Mon 00:00-24:00"]`,
	})
	if err != nil {
		t.Fatal(err)
	}
	bare, err := config.Parse(map[string]string{"kind": "environment"})
	if err != nil {
		t.Fatal(err)
	}
	names := func(all []release.Gate) string {
		var out []string
		for _, g := range all {
			out = append(out, g.Name)
		}
		return strings.Join(out, " ")
	}
	promoted := &release.Release{Environment: "staging", Number: 3}
	for name, c := range map[string]struct {
		config        *config.Config
		from          *release.Release
		before, after string
	}{
		"nothing set":  {bare, nil, "hold scan", ""},
		"a deploy":     {full, nil, "hold windows scan before", "smoke verifyCommand"},
		"a promotion":  {full, promoted, "hold windows soak scan before", "smoke verifyCommand"},
		"bare, from 3": {bare, promoted, "hold scan", ""},
	} {
		g := guarding{Deployer: &Deployer{}, config: c.config, from: c.from, clock: clockwork.NewFakeClock()}
		if c.config == full {
			g.Project = onDisk(t, nil)
		}
		if got := names(g.before()); got != c.before {
			t.Errorf("%s: before %q", name, got)
		}
		if got := names(g.after()); got != c.after {
			t.Errorf("%s: after %q", name, got)
		}
	}
	piped := guarding{Deployer: &Deployer{Execution: "e", Project: onDisk(t, nil)}, config: full, from: promoted, clock: clockwork.NewFakeClock()}
	if v, err := piped.after()[1].Ask(t.Context(), release.Crossing{}); err != nil || !v.Skipped {
		t.Errorf("a promotion of the pipeline ran the program of the commit: %+v, %v", v, err)
	}
}

// Where an environment is in the pipeline follows from delivery's file alone, and from its defaults.
func TestStageOfAnEnvironment(t *testing.T) {
	for name, c := range map[string]struct {
		delivery string
		want     map[string]stage
	}{
		"defaults": {"config:\n  slipway:kind: delivery\n", map[string]stage{"dev": {first: true}, "staging": {approved: true}, "prod": {}}},
		"its own":  {"config:\n  slipway:kind: delivery\n  slipway:environments: qa,dev,prod\n  slipway:approvals: prod\n", map[string]stage{"qa": {first: true}, "dev": {}, "prod": {approved: true}}},
		"none":     {"", map[string]stage{"dev": {first: true}}},
	} {
		files := map[string]string{}
		if c.delivery != "" {
			files["Pulumi.delivery.yaml"] = c.delivery
		}
		d := &Deployer{Project: onDisk(t, files)}
		for environment, want := range c.want {
			if got, err := d.stage(environment, &config.Config{DeliveryStack: "delivery"}); err != nil || got != want {
				t.Errorf("%s: %s is %+v, %v", name, environment, got, err)
			}
		}
	}
}

// What is behind an approval is not deployed to without a question, and nobody can be asked in a test.
func TestDeployAsksBeforeAnApprovedEnvironment(t *testing.T) {
	d := &Deployer{Project: onDisk(t, map[string]string{
		"Pulumi.dev.yaml": "config:\n  slipway:kind: environment\n", "Pulumi.staging.yaml": "config:\n  slipway:kind: environment\n",
		"Pulumi.free.yaml": "config:\n  slipway:kind: environment\n  slipway:confirm: false\n", "Pulumi.prod.yaml": "config:\n  slipway:kind: environment\n  slipway:confirm: true\n",
		"Pulumi.delivery.yaml": "config:\n  slipway:kind: delivery\n  slipway:environments: dev,staging,free\n",
	})}
	for environment, cause := range map[string]string{"dev": "", "free": "", "staging": "asks for an approval before it", "prod": "slipway:confirm is true"} {
		err := d.confirm(newSession(), environment, false)
		var said *fault.Error
		if (cause == "") != (err == nil) || cause != "" && (!errors.As(err, &said) || said.Code != fault.BadInput || !strings.Contains(said.Cause, cause) || !strings.Contains(said.Next, "--yes")) {
			t.Errorf("%s: %v", environment, err)
		}
		if err := d.confirm(newSession(), environment, true); err != nil {
			t.Errorf("%s with --yes: %v", environment, err)
		}
	}
}

func TestTargetsOfAPromotion(t *testing.T) {
	if got, err := targets("staging", "prod-eu, prod-us", 1); err != nil || !slices.Equal(got, []string{"prod-eu", "prod-us"}) {
		t.Errorf("%v, %v", got, err)
	}
	for to, cause := range map[string]string{"staging": "both", "a,staging": "both", "a,,b": "empty", "a,b,a": "twice"} {
		if _, err := targets("staging", to, 1); err == nil || !strings.Contains(err.Error(), cause) || fault.CodeOf(err) != fault.BadInput {
			t.Errorf("%s: %v", to, err)
		}
	}
	if _, err := targets("staging", "a", 0); err == nil || !strings.Contains(err.Error(), "--wave") {
		t.Errorf("wave 0: %v", err)
	}
}

func TestCodeOfWaves(t *testing.T) {
	failed := waved{Outcome: release.RolledBack, err: &fault.Error{Code: fault.RolledBack}}
	good := waved{Outcome: release.Released, Release: &release.Result{Outcome: release.Released}}
	for name, c := range map[string]struct {
		all  []waved
		want int
	}{
		"all good":      {[]waved{good, good}, fault.OK},
		"one failed":    {[]waved{good, failed, {Outcome: waveNotBegun}}, fault.RolledBack},
		"one overtaken": {[]waved{{Outcome: release.Superseded, Release: &release.Result{Outcome: release.Superseded}}}, fault.Superseded},
		"interrupted":   {[]waved{good, {Outcome: waveNotBegun}}, fault.Interrupted},
	} {
		if got := codeOf(c.all); got != c.want {
			t.Errorf("%s: %d", name, got)
		}
	}
}

// onDisk is a project of these stack files.
func onDisk(t *testing.T, files map[string]string) *project.Project {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("Pulumi.yaml", "name: shop\nruntime: go\n")
	for name, text := range files {
		write(name, text)
	}
	p, err := project.Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
