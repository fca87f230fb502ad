package engine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/automation/project"
)

func TestUpdatePreviewDestroy(t *testing.T) {
	p := newProject(t)
	file := "# kept as it is\nconfig:\n  slipway:parts: one two\n"
	writeFile(t, p.StackFile("dev"), file)
	sink := &heard{}
	s := open(t, Options{Project: p, Program: program, Sink: sink})

	if outputs, err := s.Outputs(t.Context()); err != nil || len(outputs) != 0 {
		t.Fatalf("outputs before: %v, %v", outputs, err)
	}
	changes, err := s.Preview(t.Context(), map[string]string{"slipway:image": "repo@sha256:1"})
	if err != nil || len(changes) != 2 || !changes.Only("test:index:Part") || changes[0].Op != "create" {
		t.Fatalf("preview: %v, %v", changes, err)
	}
	changes, err = s.Update(t.Context(), map[string]string{"slipway:image": "repo@sha256:1"}, `first "quoted" message`)
	if err != nil || len(changes) != 2 {
		t.Fatalf("update: %v, %v", changes, err)
	}
	outputs, err := s.Outputs(t.Context())
	if want := map[string]any{"Image": "repo@sha256:1", "List": []any{"one", "two"}}; err != nil || !reflect.DeepEqual(outputs, want) {
		t.Errorf("outputs: %v, %v", outputs, err)
	}
	if changes, err = s.Preview(t.Context(), map[string]string{"slipway:image": "repo@sha256:1"}); err != nil || !changes.Empty() {
		t.Errorf("preview of the same: %v, %v", changes, err)
	}
	if changes, err = s.Destroy(t.Context()); err != nil || len(changes) != 2 || changes[0].Op != "delete" {
		t.Errorf("destroy: %v, %v", changes, err)
	}
	if text, _ := os.ReadFile(p.StackFile("dev")); string(text) != file {
		t.Errorf("the stack's own file has become\n%s", text)
	}
	for _, want := range []string{"Text:created stack dev", "Changes:2", "Name:one Op:create", "Name:two Op:delete"} {
		if !strings.Contains(sink.text(), want) {
			t.Errorf("%q was not said in\n%s", want, sink.text())
		}
	}
	s.Close()
	if left, _ := os.ReadDir(p.Dir("work", "dev")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestPreviewSeesWhatAnotherDid(t *testing.T) {
	p := newProject(t)
	writeFile(t, p.StackFile("dev"), "config:\n  slipway:parts: one\n")
	first, second := map[string]string{"slipway:image": "repo@sha256:1"}, map[string]string{"slipway:image": "repo@sha256:2"}
	ours, theirs := open(t, Options{Project: p, Program: program}), open(t, Options{Project: p, Program: program})
	if _, err := ours.Update(t.Context(), first, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := theirs.Update(t.Context(), second, ""); err != nil {
		t.Fatal(err)
	}
	if changes, err := ours.Preview(t.Context(), second); err != nil || !changes.Empty() {
		t.Fatalf("preview: %v, %v", changes, err)
	}
	if outputs, err := ours.Outputs(t.Context()); err != nil || outputs["Image"] != "repo@sha256:2" {
		t.Errorf("outputs: %v, %v", outputs, err)
	}
}

// To look at what would be made creates no stack, also where the program reads another one and where secrets are
// encrypted with a key, and the first update after it works as one without.
func TestPreviewCreatesNoStack(t *testing.T) {
	p, keys := newProject(t), newTestKMS(t)
	withoutPassphrase(t)
	t.Setenv(project.SecretsVariable, keys.url)
	writeFile(t, p.StackFile("dev"), "config:\n  slipway:parts: one two\n")
	other := open(t, Options{Project: p, Name: "delivery", Program: program})
	if _, err := other.Update(t.Context(), map[string]string{"image": "repo"}, ""); err != nil {
		t.Fatal(err)
	}
	sink := &heard{}
	s := open(t, Options{Project: p, Program: reading("organization/slipway/delivery"), Sink: sink, Reads: []string{"delivery", "missing"}})
	for range 2 {
		changes, err := s.Preview(t.Context(), nil)
		if err != nil || len(changes) != 3 || changes[0].Op != "create" {
			t.Fatalf("preview: %v, %v", changes, err)
		}
	}
	if _, err := open(t, Options{Project: p, Existing: true}).Outputs(t.Context()); !errors.Is(err, ErrNotFound) {
		t.Errorf("after the preview: %v", err)
	}
	if strings.Contains(sink.text(), "created stack") {
		t.Error(sink.text())
	}
	if changes, err := s.Update(t.Context(), map[string]string{"token": "open sesame"}, ""); err != nil || len(changes) != 3 {
		t.Fatalf("update: %v, %v", changes, err)
	}
	if kept := keeperOf(t, p, "dev"); kept.State.URL != keys.url {
		t.Errorf("the state names %+v", kept)
	}
}

// reading is program with one part more, that is named for an output of another stack.
func reading(stack string) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		args := struct {
			Name string `pulumi:"name"`
		}{stack}
		var found struct {
			Outputs map[string]any `pulumi:"outputs"`
		}
		if err := ctx.Invoke("pulumi:pulumi:readStackOutputs", &args, &found); err != nil {
			return err
		}
		if err := ctx.RegisterComponentResource("test:index:Part", found.Outputs["Image"].(string), &part{}); err != nil {
			return err
		}
		return program(ctx)
	}
}

func TestStackThatIsNotThere(t *testing.T) {
	s := open(t, Options{Project: newProject(t), Existing: true})
	if _, err := s.Outputs(t.Context()); !errors.Is(err, ErrNotFound) {
		t.Errorf("outputs: %v", err)
	}
	if _, err := s.Update(t.Context(), nil, ""); !errors.Is(err, ErrNotFound) {
		t.Errorf("update: %v", err)
	}
}

func TestErrorsSayWhy(t *testing.T) {
	p := newPassphraseProject(t)
	s := open(t, Options{Project: p, Program: program})
	_, err := s.Update(t.Context(), map[string]string{"broken": "because"}, "")
	var failed *Failed
	if !errors.As(err, &failed) || !strings.Contains(err.Error(), "updating stack dev: ") ||
		!strings.Contains(err.Error(), "the program says no: because") || strings.Contains(err.Error(), "<{%") {
		t.Errorf("program error: %v", err)
	}
	if _, err = s.Update(t.Context(), map[string]string{"token": "open sesame"}, ""); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PULUMI_CONFIG_PASSPHRASE", "another passphrase")
	sink := &heard{}
	if _, err := open(t, Options{Project: p, Sink: sink}).Outputs(t.Context()); err != nil || !strings.Contains(sink.text(), "is the passphrase right?") {
		t.Errorf("outputs with a wrong passphrase: %v\n%s", err, sink.text())
	}
	if _, err = s.Update(t.Context(), nil, ""); err == nil || !strings.Contains(err.Error(), "incorrect passphrase") {
		t.Errorf("wrong passphrase: %v", err)
	}
	t.Setenv("PULUMI_BACKEND_URL", "file:///does/not/exist")
	if _, err = open(t, Options{Project: p, Program: program}).Preview(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "does/not/exist") {
		t.Errorf("no backend: %v", err)
	}
	for _, name := range []string{"", "../dev", "--yes", "a b", "dev;true"} {
		var bad *project.BadStackName
		if _, err := Open(t.Context(), Options{Project: p, Name: name}); !errors.As(err, &bad) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// What made an update hang until its deadline is in the error; what providers say of an interrupt is not.
func TestErrorsOfADeadlineStay(t *testing.T) {
	late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for _, tt := range []struct {
		ctx  context.Context
		want string
	}{
		{late, "updating stack dev: stopped: context deadline exceeded; until then: AccessDenied"},
		{stopped, "updating stack dev: stopped: context canceled"},
	} {
		err := (&Stack{name: "dev"}).wrap(tt.ctx, "updating", errors.New("exit status 255"), []string{"AccessDenied"})
		if err.Error() != tt.want {
			t.Errorf("%v, want %s", err, tt.want)
		}
	}
}

func TestCLIMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Open(t.Context(), Options{Project: &project.Project{Root: t.TempDir()}, Name: "dev"})
	if err == nil || !strings.Contains(err.Error(), "neither in ") {
		t.Error(err)
	}
}

// A second checkout of the project has neither the salt that the first update made nor its work folder.
func TestSecretsSurviveAFreshCheckout(t *testing.T) {
	first := newPassphraseProject(t)
	t.Setenv("PULUMI_BACKEND_URL", "file://"+filepath.Join(first.Root, "state"))
	var hidden []string
	values := map[string]string{"token": "open sesame", "image": "one"}
	if _, err := open(t, Options{Project: first, Program: program}).Update(t.Context(), values, "first"); err != nil {
		t.Fatal(err)
	}
	before := stateSalt(t, first)
	second := &project.Project{Root: t.TempDir()}
	writeFile(t, filepath.Join(second.Root, "Pulumi.yaml"), "name: slipway\nruntime: go\n")
	if err := os.MkdirAll(second.Dir(), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(first.Dir("tools"), second.Dir("tools")); err != nil {
		t.Fatal(err)
	}
	s := open(t, Options{Project: second, Program: program, Hide: func(all ...string) { hidden = append(hidden, all...) }})
	if _, err := s.Update(t.Context(), map[string]string{"token": "open sesame", "image": "two"}, "second"); err != nil {
		t.Fatal(err)
	}
	outputs, err := s.Outputs(t.Context())
	want := map[string]any{"Image": "two", "List": []any{}, "Token": map[string]any{"value": "open sesame"}}
	if err != nil || !reflect.DeepEqual(outputs, want) {
		t.Errorf("outputs: %v, %v", outputs, err)
	}
	if after := stateSalt(t, first); before == "" || after != before {
		t.Errorf("the salt was %q and is %q", before, after)
	}
	if len(hidden) == 0 || hidden[0] != "open sesame" {
		t.Errorf("hidden: %q", hidden)
	}
}

func stateSalt(t *testing.T, p *project.Project) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(p.Root, "state/.pulumi/stacks/slipway/dev.json"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), `"salt": "`)
	salt, _, _ := strings.Cut(rest, `"`)
	return salt
}

func TestCancelLeavesStateAndLockInOrder(t *testing.T) {
	p := newProject(t)
	runs, letGo := make(chan struct{}, 1), make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-runs
		cancel()
	}()
	_, err := open(t, Options{Project: p, Program: holding(runs, letGo)}).Update(ctx, nil, "stopped")
	var failed *Failed
	if !errors.As(err, &failed) || !failed.Interrupted() || !strings.Contains(err.Error(), "stopped") {
		t.Fatalf("cancelled update: %v", err)
	}
	if locks, _ := filepath.Glob(filepath.Join(p.Root, "state/.pulumi/locks/organization/slipway/dev/*")); len(locks) != 0 {
		t.Errorf("locks are left: %v", locks)
	}
	if _, err := open(t, Options{Project: p, Program: program}).Update(t.Context(), map[string]string{"parts": "one"}, ""); err != nil {
		t.Errorf("the next update: %v", err)
	}
}
