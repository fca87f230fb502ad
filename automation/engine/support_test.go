package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/automation/project"
	"slipway/automation/ui"
)

// newProject makes an empty project that uses this repository's pulumi CLI, a state folder of its own, and a key of KMS, with
// which nothing is derived from a passphrase.
func newProject(t *testing.T) *project.Project {
	t.Helper()
	p, keys := newPassphraseProject(t), newTestKMS(t)
	t.Setenv(project.SecretsVariable, keys.url)
	return p
}

// newPassphraseProject makes one whose stacks encrypt their secrets with a passphrase.
func newPassphraseProject(t *testing.T) *project.Project {
	t.Helper()
	root := t.TempDir()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(root, ".slipway"), 0o755); err != nil {
		t.Fatal(err)
	}
	tools := filepath.Join(here, "..", "..", ".slipway", "tools")
	if err := os.Symlink(tools, filepath.Join(root, ".slipway", "tools")); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(root, "Pulumi.yaml"), "name: slipway\nruntime: go\nbackend:\n  url: file://./state\n")
	if err := os.MkdirAll(filepath.Join(root, "state"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PULUMI_BACKEND_URL", "")
	t.Setenv("PULUMI_CONFIG_PASSPHRASE", "a passphrase")
	t.Setenv("PULUMI_HOME", t.TempDir())
	return &project.Project{Root: root, Name: "slipway"}
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, o Options) *Stack {
	t.Helper()
	if o.Name == "" {
		o.Name = "dev"
	}
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// part is a resource without a cloud behind it.
type part struct{ pulumi.ResourceState }

// program registers one part per word of slipway:parts and puts out what its configuration says.
func program(ctx *pulumi.Context) error {
	value := func(key string) string {
		text, _ := ctx.GetConfig("slipway:" + key)
		return text
	}
	for _, name := range strings.Fields(value("parts")) {
		if err := ctx.RegisterComponentResource("test:index:Part", name, &part{}); err != nil {
			return err
		}
	}
	if value("broken") != "" {
		return fmt.Errorf("the program says no: %s", value("broken"))
	}
	ctx.Export("Image", pulumi.String(value("image")))
	ctx.Export("List", pulumi.ToStringArray(strings.Fields(value("parts"))))
	if value("token") != "" {
		ctx.Export("Token", pulumi.ToSecret(pulumi.Map{"value": pulumi.String(value("token"))}))
	}
	return nil
}

// holding runs program after it has said that it runs and has been let go.
func holding(runs chan<- struct{}, letGo <-chan struct{}) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		runs <- struct{}{}
		select {
		case <-letGo:
		case <-ctx.Context().Done():
		}
		return program(ctx)
	}
}

// heard is a Sink that keeps what it is told.
type heard struct {
	mu    sync.Mutex
	all   []ui.Event
	noted func(string)
}

func (h *heard) Event(e ui.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = append(h.all, e)
	if h.noted != nil {
		switch e := e.(type) {
		case ui.Note:
			h.noted(e.Text)
		case ui.Warning:
			h.noted(e.Text)
		}
	}
}

func (h *heard) text() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out strings.Builder
	for _, e := range h.all {
		fmt.Fprintf(&out, "%T%+v\n", e, e)
	}
	return out.String()
}

// within fails the test when a channel says nothing for a minute.
func within(t *testing.T, what string, c <-chan struct{}) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	select {
	case <-c:
	case <-ctx.Done():
		t.Fatalf("%s did not happen", what)
	}
}

// reads notes what the engine gives for the keys of a configuration.
func reads(keys, seen map[string]string) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		for key := range keys {
			seen[key], _ = ctx.GetConfig(key)
		}
		return nil
	}
}
