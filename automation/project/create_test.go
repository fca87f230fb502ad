package project

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"slipway/infra/config"
)

func TestCreate(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"Dockerfile": "FROM scratch\n", ".gitignore": "node_modules"})
	made, err := Create(dir, Fresh{Name: "shop", Port: 3000, HealthPath: "/it's/up", Dockerfile: "deploy/Dockerfile", Below: "services/shop"})
	want := []string{"Pulumi.yaml", "Pulumi.delivery.yaml", "Pulumi.dev.yaml", "Pulumi.staging.yaml", "Pulumi.prod.yaml", ".gitignore"}
	if err != nil || !reflect.DeepEqual(made, want) {
		t.Fatalf("%v, %v", made, err)
	}
	p, err := At(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, stack := range []string{"delivery", "dev", "staging", "prod"} {
		values, err := p.StackConfig(stack)
		if err != nil {
			t.Fatal(err)
		}
		own := map[string]string{"workerBinary": "slipway", "backendUrl": "s3://state"}
		for key, value := range values {
			own[key[len(Namespace)+1:]] = value
		}
		if stack != "delivery" {
			delete(own, "workerBinary")
		}
		c, err := config.Parse(config.Named(own, p.Name))
		if err != nil {
			t.Errorf("%s: %v", stack, err)
			continue
		}
		if c.AppName != "shop" || c.ContainerPort != 3000 || c.HealthPath != "/it's/up" || c.VersionPath != "" ||
			stack == "delivery" && c.ProjectFolder != "services/shop" || c.Build.Context != "." || c.Build.Dockerfile != "deploy/Dockerfile" {
			t.Errorf("%s: %+v", stack, c)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, ".gitignore"))
	if err != nil || string(text) != "node_modules\n/.slipway/\n" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestCreateOverwritesNothing(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"Pulumi.prod.yaml": "mine"})
	_, err := Create(dir, Fresh{Name: "shop", Port: 1, HealthPath: "/", Dockerfile: "Dockerfile"})
	var there *AlreadyThere
	if !errors.As(err, &there) || !reflect.DeepEqual(there.Files, []string{"Pulumi.prod.yaml"}) {
		t.Errorf("%v", err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("%v, %v", files, err)
	}
}

func TestIgnoredOnce(t *testing.T) {
	for before, after := range map[string]string{
		"": "/.slipway/\n", "a\n": "a\n/.slipway/\n", ".slipway\n": ".slipway\n", "/.slipway/": "/.slipway/", "b\n.slipway/\n": "b\n.slipway/\n",
	} {
		file := filepath.Join(t.TempDir(), ".gitignore")
		if err := os.WriteFile(file, []byte(before), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := ignore(file, OwnFolder)
		if got, _ := os.ReadFile(file); err != nil || string(got) != after {
			t.Errorf("%q became %q, %v", before, got, err)
		}
	}
}
