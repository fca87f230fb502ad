package engine

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"slipway/automation/project"
)

// An update that is cut off in the middle of a creation leaves a pending operation in the state.
func TestPendingOperationsAreSettled(t *testing.T) {
	p := newProject(t)
	if _, err := open(t, Options{Project: p, Program: program}).Update(t.Context(), map[string]string{"parts": "one"}, "first"); err != nil {
		t.Fatal(err)
	}
	leavePending(t, p, "creating", func(state) map[string]any {
		return map[string]any{"urn": "urn:pulumi:dev::slipway::test:index:Part::two", "custom": false, "type": "test:index:Part"}
	})
	sink := &heard{}
	s := open(t, Options{Project: p, Program: program, Sink: sink})
	if _, err := s.Update(t.Context(), map[string]string{"parts": "one two"}, "second"); err != nil {
		t.Fatal(err)
	}
	if known, err := s.look(t.Context()); err != nil || len(known.pending) != 0 {
		t.Errorf("pending: %v, %v", known, err)
	}
	if !strings.Contains(sink.text(), "an interrupted run left creating of two open") || strings.Contains(sink.text(), "Attempting to deploy") {
		t.Errorf("said:\n%s", sink.text())
	}
}

// A role that may read the service and nothing else settles an update of the service.
func TestSettlingReadsOnlyWhatIsPending(t *testing.T) {
	p, clouds := newProject(t), serveCloud(t)
	s := open(t, Options{Project: p, Program: things("network", "service")})
	if _, err := s.Update(t.Context(), nil, "first"); err != nil {
		t.Fatal(err)
	}
	leavePending(t, p, "updating", func(known state) map[string]any { return recorded(t, known, "service") })
	clouds.deny("network")
	if _, err := open(t, Options{Project: p, Program: things("network", "service")}).Update(t.Context(), nil, "next"); err != nil {
		t.Fatal(err)
	}
	if read := clouds.reads(); !slices.Equal(read, []string{"service"}) {
		t.Errorf("read %v", read)
	}
}

// A creation was cut off after the cloud had made the resource and before the state had it.
func TestCreationThatWasCutOff(t *testing.T) {
	const urn = "urn:pulumi:dev::slipway::test:index:Thing::group"
	ours := map[string]any{"Name": "group", "stack": "dev"}
	tests := []struct {
		name  string
		cloud map[string]any // tags of what the cloud has; nil when it has nothing
		find  Finder
		says  string
		makes int // creations by the next update
	}{
		{"it exists and is ours", ours, finds("group"), "imported group group", 0},
		{"it was not made", nil, finds("group"), "group was not made before the interruption", 1},
		{"it is somebody else's", map[string]any{"Name": "group", "stack": "other"}, finds("group"), "does not carry the tag stack=dev", 1},
		{"there are two", ours, finds("group", "group-2"), "there are several: group, group-2", 1},
		{"nobody looks", ours, nil, "may exist outside the stack", 1},
		{"reading is denied", ours, finds("denied"), "reading denied: refreshing stack dev: group: AccessDenied: reading denied", 1},
		{"looking is denied", ours, func(context.Context, string, map[string]any) ([]string, error) {
			return nil, errors.New("AccessDenied: tags")
		}, "AccessDenied: tags\nfind it: aws resourcegroupstaggingapi get-resources --tag-filters 'Key=Name,Values=group'", 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, clouds := newProject(t), serveCloud(t)
			if _, err := open(t, Options{Project: p, Program: things()}).Update(t.Context(), nil, "first"); err != nil {
				t.Fatal(err)
			}
			clouds.deny("denied")
			if test.cloud != nil {
				clouds.put("group", test.cloud)
			}
			leavePending(t, p, "creating", func(known state) map[string]any {
				root := slices.Collect(maps.Keys(known.all))[0]
				return map[string]any{"urn": urn, "custom": true, "type": "test:index:Thing", "parent": root,
					"inputs": map[string]any{"name": "group", "tags": ours}}
			})
			sink := &heard{}
			s := open(t, Options{Project: p, Program: things("group"), Sink: sink, Find: test.find})
			if _, err := s.Update(t.Context(), nil, "next"); err != nil {
				t.Fatal(err)
			}
			if known, err := s.export(t.Context()); err != nil || len(known.pending) != 0 || known.all[urn].Type == "" {
				t.Errorf("state: %+v, %v", known, err)
			}
			if made := clouds.creations(); made != test.makes || !strings.Contains(sink.text(), test.says) {
				t.Errorf("%d creations, said\n%s", made, sink.text())
			}
		})
	}
}

func finds(ids ...string) Finder {
	return func(_ context.Context, typ string, inputs map[string]any) ([]string, error) {
		if typ != "test:index:Thing" || inputs["name"] != "group" {
			return nil, errors.New("asked for another")
		}
		return ids, nil
	}
}

// recorded is a resource as the state has it.
func recorded(t *testing.T, known state, name string) map[string]any {
	t.Helper()
	for urn, r := range known.all {
		if strings.HasSuffix(urn, "::"+name) {
			return map[string]any{"urn": urn, "custom": true, "id": name, "type": r.Type, "parent": r.Parent, "provider": r.Provider,
				"inputs": r.Inputs, "outputs": r.Outputs}
		}
	}
	t.Fatalf("no %s in %v", name, known.all)
	return nil
}

// leavePending adds an operation to the state that began and whose end is not known.
func leavePending(t *testing.T, p *project.Project, op string, resource func(state) map[string]any) {
	t.Helper()
	file := filepath.Join(p.Root, "state/.pulumi/stacks/slipway/dev.json")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var checkpoint map[string]any
	if err := json.Unmarshal(text, &checkpoint); err != nil {
		t.Fatal(err)
	}
	latest := checkpoint["checkpoint"].(map[string]any)["latest"].(map[string]any)
	deployment, err := json.Marshal(latest)
	if err != nil {
		t.Fatal(err)
	}
	known, err := parseState(deployment)
	if err != nil {
		t.Fatal(err)
	}
	latest["pending_operations"] = []any{map[string]any{"type": op, "resource": resource(*known)}}
	if text, err = json.Marshal(checkpoint); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// What was deleted outside of Pulumi leaves the state when it is read again, and is created by the next update; nothing
// else is read.
func TestRereadingFindsWhatIsGone(t *testing.T) {
	p, clouds := newProject(t), serveCloud(t)
	s := open(t, Options{Project: p, Program: things("host", "address")})
	if _, err := s.Update(t.Context(), nil, "first"); err != nil {
		t.Fatal(err)
	}
	all, err := s.Resources(t.Context())
	if err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	delete(clouds.things, "host")
	before := clouds.creations()
	if err := s.Reread(t.Context(), "urn:pulumi:dev::slipway::test:index:Thing::host"); err != nil {
		t.Fatal(err)
	}
	if read := clouds.reads(); !slices.Equal(read, []string{"host"}) {
		t.Errorf("read %v", read)
	}
	if all, err := s.Resources(t.Context()); err != nil || len(all) != 1 || all[0].ID != "address" {
		t.Errorf("the state has %v, %v", all, err)
	}
	changes, err := s.Preview(t.Context(), nil)
	if err != nil || len(changes) != 1 || changes[0].Op != "create" || changes[0].Name != "host" {
		t.Errorf("previewed %v, %v", changes, err)
	}
	if _, err := s.Update(t.Context(), nil, "second"); err != nil || clouds.creations() != before+1 {
		t.Errorf("made %d more, %v", clouds.creations()-before, err)
	}
}
