package engine

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// A relative backend is a folder of the project, not of the work folder that is deleted, however it is given.
func TestRelativeBackendKeepsItsState(t *testing.T) {
	for name, prepare := range map[string]func(t *testing.T, root string){
		"pulumi login file://.": func(t *testing.T, _ string) {
			writeFile(t, filepath.Join(os.Getenv("PULUMI_HOME"), "credentials.json"), `{"current":"file://.","accounts":{"file://.":{}}}`)
		},
		"the variable, file:state": func(t *testing.T, root string) {
			t.Setenv("PULUMI_BACKEND_URL", "file:state")
		},
		"Pulumi.yaml, file://state": func(t *testing.T, root string) {
			writeFile(t, filepath.Join(root, "Pulumi.yaml"), "name: slipway\nruntime: go\nbackend:\n  url: file://state\n")
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProject(t)
			writeFile(t, filepath.Join(p.Root, "Pulumi.yaml"), "name: slipway\nruntime: go\n")
			t.Chdir(t.TempDir())
			prepare(t, p.Root)
			first := open(t, Options{Project: p, Program: program})
			if _, err := first.Update(t.Context(), map[string]string{"image": "one"}, ""); err != nil {
				t.Fatal(err)
			}
			first.Close()
			outputs, err := open(t, Options{Project: p, Existing: true}).Outputs(t.Context())
			if err != nil || outputs["Image"] != "one" {
				t.Errorf("outputs of the next run: %v, %v", outputs, err)
			}
		})
	}
}

// A pulumi that is killed while it writes one leaves it empty, and the state beside it cannot be read any more.
func TestNoAttributesBesideTheState(t *testing.T) {
	p := newProject(t)
	if _, err := open(t, Options{Project: p, Program: program}).Update(t.Context(), map[string]string{"image": "one"}, ""); err != nil {
		t.Fatal(err)
	}
	if found, err := filepath.Glob(filepath.Join(p.Root, "state/.pulumi/stacks/slipway/*")); err != nil || len(found) != 2 || strings.Contains(strings.Join(found, " "), ".attrs") {
		t.Errorf("beside the state: %v, %v", found, err)
	}
}

// What the deployer reads of the files is what the program gets from the engine.
func TestEngineAndDeployerSeeTheSameValues(t *testing.T) {
	p := newProject(t)
	writeFile(t, filepath.Join(p.Root, "Pulumi.yaml"), "name: slipway\nruntime: go\nbackend:\n  url: file://./state\n"+
		"config:\n  slipway:image: from-project\n  parts: one\n  slipway:number: 010\n  slipway:typed: {type: boolean, default: true}\n")
	writeFile(t, p.StackFile("dev"), "config:\n  slipway:day: 2020-01-02\n  slipway:parts: two three\n  list: [a, 1]\n  slipway:big: 12345678901\n  slipway:half: \"0.5\"\n")
	known, err := p.StackConfig("dev")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	_, err = open(t, Options{Project: p, Program: reads(known, seen)}).Preview(t.Context(), nil)
	if err != nil || !reflect.DeepEqual(seen, known) || len(known) != 8 {
		t.Errorf("the engine gives\n%v, the deployer reads\n%v: %v", seen, known, err)
	}
}
