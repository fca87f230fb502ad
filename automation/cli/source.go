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
func (d *Deployer) source(ctx context.Context, app string, of *config.Config) (release.Commit, recipe.Recipe, error) {
	if err := d.checkUnpacked(); err != nil {
		return release.Commit{}, recipe.Recipe{}, err
	}
	source, err := d.Project.Source(app)
	if err != nil {
		return release.Commit{}, recipe.Recipe{}, badSource(err)
	}
	commit, files, err := d.files(ctx, source)
	if err != nil {
		return release.Commit{}, recipe.Recipe{}, badSource(err)
	}
	from, err := recipe.Make(files, commit.Hash, "Dockerfile", images.Settings{Platform: platform(of)})
	if err != nil {
		return release.Commit{}, recipe.Recipe{}, badSource(err)
	}
	return commit, from, nil
}

func (d *Deployer) files(ctx context.Context, source *project.Source) (release.Commit, project.Context, error) {
	if d.Unpacked {
		files, err := source.Unpacked(d.Commit)
		return release.Commit{Hash: d.Commit}, files, err
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
	if errors.As(err, &revision) || errors.Is(err, context.Canceled) {
		return err
	}
	return &fault.Error{Op: "finding what to release", Cause: err.Error(), Code: fault.BadInput, Err: err}
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
