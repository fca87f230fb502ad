package project

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// How much stays of what was exported: the commits that were used last, for as long as somebody may come back to them.
// What is younger than inUse may belong to a release that runs.
const (
	keptExports = 10
	inUse       = time.Hour
	oldExport   = 14 * 24 * time.Hour
)

// sweep removes exported commits that are old or too many, and what a run that was killed left of an export. A folder's
// age is counted from its last use. What cannot be removed now goes with a later sweep.
func sweep(build string, now time.Time) error {
	commits, err := os.ReadDir(build)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	slices.SortFunc(commits, func(a, b fs.DirEntry) int { return cmp.Compare(age(a, now), age(b, now)) })
	var errs []error
	for i, commit := range commits {
		folder, unused := filepath.Join(build, commit.Name()), age(commit, now)
		if unused > inUse && (i >= keptExports || unused > oldExport) {
			errs = append(errs, os.RemoveAll(folder))
			continue
		}
		errs = append(errs, sweepScratch(folder, now))
	}
	return errors.Join(errs...)
}

func sweepScratch(commit string, now time.Time) error {
	entries, err := os.ReadDir(commit)
	errs := []error{err}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), scratchPrefix) && age(entry, now) > inUse {
			errs = append(errs, os.RemoveAll(filepath.Join(commit, entry.Name())))
		}
	}
	return errors.Join(errs...)
}

// age is how long an entry was not changed; one that is gone in the meantime is new.
func age(entry fs.DirEntry, now time.Time) time.Duration {
	info, err := entry.Info()
	if err != nil {
		return 0
	}
	return now.Sub(info.ModTime())
}

// use notes that a commit's export is needed now.
func use(commit string, now time.Time) error { return os.Chtimes(commit, now, now) }
