package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"slipway/automation/engine"
	"slipway/automation/fault"
	"slipway/automation/project"
)

// appTag is the tag with the app's name that everything of a stack carries, and componentMark is in the URNs of what the
// program's components hold.
const (
	appTag        = "slipway:app"
	componentMark = "::slipway:infra:"
)

// owned refuses a stack whose resources another program declared, or this one for another app: two projects of one name on
// one backend have the same stacks, and the next update of one would replace what the other has.
func (d *Deployer) owned(s *engine.Stack, all []engine.Resource) error {
	values, err := d.Project.StackConfig(s.Name())
	if err != nil {
		return err
	}
	app := orDefault(values[project.Key("appName")], d.Project.Name)
	known := appsOf(all)
	switch {
	case len(all) == 0 || slices.Contains(known, app):
		return nil
	case len(known) > 0:
		return d.another(s, fmt.Sprintf("it has %d resources of the app %q, and this project's app is %q", len(all), known[0], app),
			"; a new name for this very app needs new stacks: slipway:appName: "+known[0]+" and slipway destroy first")
	case slices.ContainsFunc(all, func(r engine.Resource) bool { return strings.Contains(r.URN, componentMark) }):
		return nil // nothing with a tag was made yet
	}
	return d.another(s, fmt.Sprintf("it has %d resources that no slipway declared, such as %s", len(all), all[0].URN), "")
}

// onlyImages refuses to build images in a stack that has anything else: each build replaces what it has.
func (d *Deployer) onlyImages(ctx context.Context, s *engine.Stack) error {
	all, err := s.Resources(ctx)
	if err != nil {
		return err
	}
	for _, r := range all {
		if !strings.HasPrefix(r.Type, "docker:") {
			return d.another(s, fmt.Sprintf("it has %d resources that are no images, such as %s, and a build would delete them", len(all), r.URN), "")
		}
	}
	return nil
}

func (d *Deployer) another(s *engine.Stack, cause, more string) error {
	backend, err := d.Project.Backend()
	if err != nil {
		backend = "the backend"
	}
	return &fault.Error{
		Op:    "looking at stack " + s.Name(),
		Cause: fmt.Sprintf("%s/%s in %s belongs to another project: %s", d.Project.Name, s.Name(), backend, cause),
		Next:  "give this project a name of its own in Pulumi.yaml, or a backend of its own (" + project.BackendVariable + ")" + more, Code: fault.BadInput,
	}
}

// appsOf are the apps that resources are tagged with, each once, sorted.
func appsOf(all []engine.Resource) []string {
	var apps []string
	for _, r := range all {
		tags, _ := r.Inputs["tags"].(map[string]any)
		if app, _ := tags[appTag].(string); app != "" && !slices.Contains(apps, app) {
			apps = append(apps, app)
		}
	}
	slices.Sort(apps)
	return apps
}
