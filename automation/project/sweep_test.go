package project

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// exported makes folders of commits that were last used so long ago.
func exported(t *testing.T, now time.Time, ages map[string]time.Duration) string {
	t.Helper()
	build := t.TempDir()
	for name, unused := range ages {
		folder := filepath.Join(build, name)
		if err := os.MkdirAll(filepath.Join(folder, "app-1"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := use(folder, now.Add(-unused)); err != nil {
			t.Fatal(err)
		}
	}
	return build
}

func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, entry := range entries {
		all = append(all, entry.Name())
	}
	return all
}

func TestOldExportsGo(t *testing.T) {
	now, hour := time.Now(), time.Hour
	build := exported(t, now, map[string]time.Duration{"today": hour, "last-week": 7 * 24 * hour, "last-month": 30 * 24 * hour})
	if err := sweep(build, now); err != nil {
		t.Fatal(err)
	}
	if got := names(t, build); !slices.Equal(got, []string{"last-week", "today"}) {
		t.Errorf("there are %q", got)
	}
	if err := sweep(filepath.Join(build, "absent"), now); err != nil {
		t.Error(err)
	}
}

func TestOnlySomeExportsStay(t *testing.T) {
	now, ages, want := time.Now(), map[string]time.Duration{}, []string{}
	for i := range keptExports + 3 {
		name := fmt.Sprintf("commit-%02d", i)
		ages[name] = time.Duration(i+2) * time.Hour
		if i < keptExports {
			want = append(want, name)
		}
	}
	build := exported(t, now, ages)
	if err := sweep(build, now); err != nil {
		t.Fatal(err)
	}
	if got := names(t, build); !slices.Equal(got, want) {
		t.Errorf("there are %q", got)
	}
	for name := range ages { // as many releases at once
		ages[name] = time.Minute
	}
	build = exported(t, now, ages)
	if err := sweep(build, now); err != nil || len(names(t, build)) != keptExports+3 {
		t.Errorf("there are %q (%v)", names(t, build), err)
	}
}

func TestWhatAKilledExportLeftGoes(t *testing.T) {
	now := time.Now()
	build := exported(t, now, map[string]time.Duration{"commit": time.Minute})
	commit := filepath.Join(build, "commit")
	for name, unused := range map[string]time.Duration{scratchPrefix + "1": 2 * inUse, scratchPrefix + "2": time.Minute} {
		scratch := filepath.Join(commit, name)
		if err := os.Mkdir(scratch, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := use(scratch, now.Add(-unused)); err != nil {
			t.Fatal(err)
		}
	}
	if err := sweep(build, now); err != nil {
		t.Fatal(err)
	}
	if got := names(t, commit); !slices.Equal(got, []string{scratchPrefix + "2", "app-1"}) {
		t.Errorf("there are %q", got)
	}
}

// An export that is used again is young again, and each export sweeps.
func TestExportSweeps(t *testing.T) {
	p := repository(t)
	s := source(t, p, "images/app")
	head, err := s.Commit(t.Context(), "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	files, err := s.Export(t.Context(), head)
	if err != nil {
		t.Fatal(err)
	}
	dir := files.Folder
	long := time.Now().Add(-2 * oldExport)
	stale := filepath.Join(s.build, "0123")
	if err := os.Mkdir(stale, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{stale, filepath.Dir(dir)} {
		if err := use(folder, long); err != nil {
			t.Fatal(err)
		}
	}
	again, err := s.Export(t.Context(), head)
	if err != nil || again.Folder != files.Folder {
		t.Errorf("exported to %v, %v", again, err)
	}
	if !exists(dir) || exists(stale) {
		t.Errorf("there are %q", names(t, s.build))
	}
}
