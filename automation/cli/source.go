package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"slipway/automation/fault"
	"slipway/automation/project"
	"slipway/automation/recipe"
	"slipway/automation/release"
	"slipway/automation/ui"
	"slipway/images"
	"slipway/infra/config"
)

// source finds the commit to release and writes what its image is built from, as it was committed.
func (d *Deployer) source(ctx context.Context, environment, app string, of *config.Config, delivery release.Outputs) (release.Commit, recipe.Recipe, error) {
	source, err := d.Project.Source(app)
	if err != nil {
		return release.Commit{}, recipe.Recipe{}, badSource(err)
	}
	commit, files, err := d.files(ctx, source, environment, delivery)
	if err != nil {
		return release.Commit{}, recipe.Recipe{}, badSource(err)
	}
	from, err := recipe.Make(files, commit.Hash, of.Build.Dockerfile, images.Settings{
		Platform: platform(of), Target: of.Build.Target, Arguments: of.Build.Arguments,
	})
	if err != nil {
		return release.Commit{}, recipe.Recipe{}, badSource(err)
	}
	return commit, from, nil
}

func (d *Deployer) files(ctx context.Context, source *project.Source, environment string, delivery release.Outputs) (release.Commit, project.Context, error) {
	if d.Unpacked {
		commit := d.described(ctx, environment, delivery)
		files, err := source.Unpacked(commit)
		return release.Commit{Hash: commit.Hash, Author: commit.Author, Subject: commit.Subject}, files, err
	}
	revision := d.Commit
	if revision == "" {
		revision = "HEAD"
		d.warnOfDirty(ctx, source)
	}
	commit, err := source.Commit(ctx, revision)
	if err != nil {
		return release.Commit{}, project.Context{}, err
	}
	files, err := source.Export(ctx, commit)
	return release.Commit{Hash: commit.Hash, Author: commit.Author, Subject: commit.Subject}, files, err
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

// checkBuild refuses secrets: Pulumi's docker provider (4.10) has no way to hand one to BuildKit, and an argument would
// stay in the image.
func checkBuild(environment string, b config.Build) error {
	if len(b.Secrets) == 0 {
		return nil
	}
	return &fault.Error{
		Op:    "reading the configuration of stack " + environment,
		Cause: "slipway:build.secrets names " + strings.Join(b.Secrets, ", ") + ", and Pulumi's docker provider (4.10) cannot hand secrets to a build",
		Next: "take build.secrets away: make what needs the secret before the build and commit it, or read it when the task starts (slipway:secrets); " +
			"build.arguments are no place for it, they stay in the image",
		Code: fault.BadInput,
	}
}

// warnOfDirty says that files were changed and not committed: they are not released.
func (d *Deployer) warnOfDirty(ctx context.Context, source *project.Source) {
	files, err := source.Dirty(ctx)
	if err != nil || len(files) == 0 {
		return
	}
	const most = 5
	text := strings.Join(files[:min(most, len(files))], ", ")
	if more := len(files) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	d.Sink.Event(ui.Warning{Text: "released is what is committed; not committed: " + text})
}
