package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"slipway/automation/ui"
)

// Finder looks for what a creation with these inputs may have made and answers the ids that Pulumi imports it by. An
// id that follows from the inputs alone need not exist: reading it finds out. ErrUnknownType says that it cannot look
// for this type.
type Finder func(ctx context.Context, typ string, inputs map[string]any) (ids []string, err error)

// ErrUnknownType is the answer of a Finder that cannot look for a type.
var ErrUnknownType = errors.New("resources of this type cannot be looked for")

// errBusy says that somebody else holds the stack's lock.
var errBusy = errors.New("the stack is locked")

// adopt takes into the state what creations made that were cut off. It is theirs when it carries the tags that the
// creation gave: a resource of the same name that somebody else made stays theirs.
func (s *Stack) adopt(ctx context.Context, known *state) error {
	for _, open := range known.pending {
		if open.op != creating || !open.Custom {
			continue
		}
		err := s.adoptOne(ctx, known, open.resource)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.Is(err, errBusy):
			return nil // the refresh that follows waits for the lock and comes back
		case err != nil:
			s.sink.Event(ui.Warning{Text: s.lost(open.resource, err)})
		}
	}
	return nil
}

// lost tells what a person has to look for.
func (s *Stack) lost(r resource, why error) string {
	find := ""
	if name := tagsOf(r.Inputs)["Name"]; name != "" {
		find = fmt.Sprintf("\nfind it: aws resourcegroupstaggingapi get-resources --tag-filters 'Key=Name,Values=%s'", name)
	}
	return fmt.Sprintf("the creation of %s %s was cut off, and it may exist outside the stack: %v%s\n"+
		"then delete it, or import it: pulumi import %s %s ID --parent parent=%s --stack %s",
		r.Type, ui.NameOf(r.URN), why, find, r.Type, ui.NameOf(r.URN), r.Parent, s.name)
}

func (s *Stack) adoptOne(ctx context.Context, known *state, r resource) error {
	if there, is := known.all[r.URN]; is && there.ImportID == "" {
		return errors.New("the stack has an older one under the same name, which it was to replace")
	} else if is { // an import that was cut off before the tags were compared
		return s.keepOwn(ctx, r, there)
	}
	if s.find == nil || len(tagsOf(r.Inputs)) == 0 {
		return ErrUnknownType
	}
	ids, err := s.find(ctx, r.Type, r.Inputs)
	switch {
	case err != nil:
		return err
	case len(ids) > 1:
		return fmt.Errorf("there are several: %s", strings.Join(ids, ", "))
	case len(ids) == 0:
		s.notMade(r)
		return nil
	}
	return s.adoptAs(ctx, r, ids[0])
}

func (s *Stack) notMade(r resource) {
	s.sink.Event(ui.Note{Text: fmt.Sprintf("%s was not made before the interruption", ui.NameOf(r.URN))})
}

// adoptAs adds the resource to the state with what its creation was given, and reads it: Pulumi's own refresh takes
// it out again when the provider has none.
func (s *Stack) adoptAs(ctx context.Context, r resource, id string) error {
	if err := s.add(ctx, r.URN, id); err != nil {
		return err
	}
	if err := s.reread(ctx, r.URN); err != nil {
		return errors.Join(fmt.Errorf("reading %s: %w", id, err), s.remove(ctx, r.URN))
	}
	now, err := s.look(ctx)
	if err != nil {
		return err
	}
	imported, there := now.all[r.URN]
	if !there {
		s.notMade(r)
		return nil
	}
	return s.keepOwn(ctx, r, imported)
}

// remove takes a resource out of the state and leaves it where it is.
func (s *Stack) remove(ctx context.Context, urn string) error {
	s.forget()
	return s.command(ctx, "state", "delete", urn, "--yes", "--stack", s.name)
}

// keepOwn takes an imported resource out of the state again that does not carry the creation's tags.
func (s *Stack) keepOwn(ctx context.Context, r, imported resource) error {
	found := tagsOf(imported.Outputs)
	for key, value := range tagsOf(r.Inputs) {
		if found[key] != value {
			if err := s.remove(ctx, r.URN); err != nil {
				return err
			}
			return fmt.Errorf("%s does not carry the tag %s=%s that the stack gives it", imported.ImportID, key, value)
		}
	}
	s.sink.Event(ui.Note{Text: fmt.Sprintf("imported %s %s", ui.NameOf(r.URN), imported.ImportID)})
	return nil
}

// add writes the state with the resource of a pending creation in it. Pulumi refuses that while an update runs.
func (s *Stack) add(ctx context.Context, urn, id string) error {
	s.forget()
	export, err := s.pulumi.Workspace().ExportStack(sealing(ctx), s.name)
	if err != nil {
		return s.wrap(ctx, "reading the state of", err, nil)
	}
	if export.Deployment, err = withCreated(export.Deployment, urn, id); err != nil {
		return fmt.Errorf("adding %s to the state of stack %s: %w", ui.NameOf(urn), s.name, err)
	}
	text, err := json.Marshal(export)
	if err != nil {
		return err
	}
	file := filepath.Join(s.dir.path, "adopt.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return err
	}
	return s.command(ctx, "stack", "import", "--file", file, "--stack", s.name)
}

// withCreated is a deployment with the resource of a pending creation, which stays pending until it is settled.
func withCreated(text json.RawMessage, urn, id string) (json.RawMessage, error) {
	var d map[string]any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&d); err != nil {
		return nil, err
	}
	resources, _ := d["resources"].([]any)
	pending, _ := d["pending_operations"].([]any)
	for _, op := range pending {
		of, _ := op.(map[string]any)
		r, _ := of["resource"].(map[string]any)
		if of["type"] != creating || r["urn"] != urn {
			continue
		}
		r = maps.Clone(r)
		delete(r, "outputs")
		r["id"], r["importID"] = id, id
		d["resources"] = append(resources, r)
		return json.Marshal(d)
	}
	return nil, errors.New("its creation is no longer pending")
}

// command runs one command of the CLI; its error is the line that matters.
func (s *Stack) command(ctx context.Context, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	out, talk, _, err := s.cli.Run(ctx, s.dir.path, nil, nil, nil, nil, args...)
	if err == nil {
		return nil
	}
	if strings.Contains(talk, "currently locked") {
		return errBusy
	}
	return errors.New(spoken(fmt.Errorf("%w\nstdout: %s\nstderr: %s", err, out, talk)))
}

// tagsOf are the tags among a resource's properties; those that are no plain text are left out.
func tagsOf(properties map[string]any) map[string]string {
	found := map[string]string{}
	for _, key := range []string{"tagsAll", "tags"} {
		tags, _ := properties[key].(map[string]any)
		for name, value := range tags {
			if text, plain := value.(string); plain && name != "__defaults" {
				found[name] = text
			}
		}
	}
	return found
}
