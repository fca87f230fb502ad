package cli

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"slipway/automation/fault"
	"slipway/automation/project"
	"slipway/automation/recipe"
	"slipway/automation/ui"
	"slipway/images"
	"slipway/infra/config"
)

// committed is the commit to release from a repository, and what its image is built from.
func (d *Deployer) committed(ctx context.Context, source *project.Source, of *config.Config) (project.Commit, recipe.Recipe, error) {
	revision := d.Commit
	if revision == "" {
		revision = "HEAD"
		d.warnOfDirty(ctx, source, of)
	}
	commit, err := source.Commit(ctx, revision)
	if err != nil {
		return commit, recipe.Recipe{}, badSource(err)
	}
	from, err := d.recipe(ctx, source, commit, of)
	return commit, from, err
}

// recipe writes what a commit's image is built from, as it was committed.
func (d *Deployer) recipe(ctx context.Context, source *project.Source, commit project.Commit, of *config.Config) (made recipe.Recipe, err error) {
	var files project.Context
	if d.Unpacked {
		files, err = source.Unpacked(commit)
	} else {
		files, err = source.Export(ctx, commit)
	}
	if err == nil {
		made, err = recipe.Make(files, commit.Hash, of.Build.Dockerfile, images.Settings{
			Platform: platform(of), Target: of.Build.Target, Arguments: of.Build.Arguments, Secrets: of.Build.Secrets,
		})
	}
	if err != nil {
		return made, badSource(err)
	}
	return made, nil
}

func badSource(err error) error {
	var revision *project.BadRevision
	var typed *fault.Error
	var none *recipe.NoDockerfile
	if errors.As(err, &revision) || errors.As(err, &typed) || errors.Is(err, context.Canceled) {
		return err
	}
	e := &fault.Error{Op: "finding what to release", Cause: err.Error(), Code: fault.BadInput, Err: err}
	if errors.As(err, &none) {
		e.Next = "commit it, or say where it is: context and dockerfile of slipway:build"
	}
	return e
}

// warnOfDirty says what becomes of files that were changed and not committed: the image is built without them, and
// what configures the stack is read as it is in the folder.
func (d *Deployer) warnOfDirty(ctx context.Context, source *project.Source, of *config.Config) {
	files, err := source.Dirty(ctx)
	if err != nil {
		return
	}
	var left, read []string
	for _, file := range files {
		if configures(file, of) {
			read = append(read, file)
		} else {
			left = append(left, file)
		}
	}
	if len(left) > 0 {
		d.Sink.Event(ui.Warning{Text: "the image is built from what is committed; not committed: " + few(left)})
	}
	if len(read) > 0 {
		d.Sink.Event(ui.Warning{Text: "used as they are in the folder, though not committed: " + few(read)})
	}
}

// configures says whether a file of the repository is a stack's, Pulumi.yaml, or one that the configuration names.
func configures(file string, of *config.Config) bool {
	named := append([]string{of.Containers}, of.TaskPolicies...)
	for _, name := range named {
		if name != "" && strings.HasSuffix("/"+file, "/"+name) {
			return true
		}
	}
	base := path.Base(file)
	return strings.HasPrefix(base, "Pulumi.") && strings.HasSuffix(base, ".yaml")
}

// few are the first of many texts.
func few(all []string) string {
	const most = 5
	text := strings.Join(all[:min(most, len(all))], ", ")
	if more := len(all) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
