package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"slipway/automation/fault"
	"slipway/automation/project"
	"slipway/automation/release"
	"slipway/automation/ui"
)

// source finds the commit to release and writes the app as it was committed.
func (d *Deployer) source(ctx context.Context, app string) (release.Commit, string, error) {
	if err := d.checkUnpacked(); err != nil {
		return release.Commit{}, "", err
	}
	source, err := d.Project.Source(app)
	if err != nil {
		return release.Commit{}, "", badSource(err)
	}
	if d.Unpacked {
		return release.Commit{Hash: d.Commit}, source.Folder, nil
	}
	revision := d.Commit
	if revision == "" {
		revision = "HEAD"
		d.warnOfDirty(ctx, source)
	}
	commit, err := source.Commit(ctx, revision)
	if err != nil {
		return release.Commit{}, "", badSource(err)
	}
	folder, err := source.Export(ctx, commit)
	if err != nil {
		return release.Commit{}, "", badSource(err)
	}
	return release.Commit{Hash: commit.Hash, Author: commit.Author, Subject: commit.Subject}, folder, nil
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
