package demo

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"slipway/automation/project"
)

// Copy copies a project into a folder: what git has of it and would take as new, or everything where git does not look
// after it. What belongs to git and to Slipway's own work stays out. Links stay links.
func Copy(ctx context.Context, from, to string) error {
	names, err := tracked(ctx, from)
	if err != nil {
		names, err = all(from)
	}
	if err != nil {
		return err
	}
	for _, name := range names {
		target := filepath.Join(to, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := copyFile(filepath.Join(from, name), target); err != nil {
			return err
		}
	}
	return nil
}

// tracked lists the files of a folder that git has or that are new, those that were deleted among them.
func tracked(ctx context.Context, folder string) ([]string, error) {
	if project.Git(ctx, folder, "check-ignore", "--quiet", ".").Run() == nil {
		return nil, errors.New("git ignores the folder")
	}
	out, err := project.Git(ctx, folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		return nil, err
	}
	var names []string
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if name != "" && !own(name) {
			names = append(names, name)
		}
	}
	return names, nil
}

func all(folder string) (names []string, err error) {
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(folder, path)
		switch {
		case err != nil:
			return err
		case own(name) && entry.IsDir():
			return filepath.SkipDir
		case !own(name) && !entry.IsDir():
			names = append(names, name)
		}
		return nil
	})
	return names, err
}

// own says whether a name is below what is git's or Slipway's own. A worktree's .git is a file.
func own(name string) bool {
	first, _, _ := strings.Cut(filepath.ToSlash(name), "/")
	return first == ".git" || first == ".slipway"
}

// copyFile copies a file with its mode, or a link. What is gone by now, and what is neither, is left out.
func copyFile(from, to string) error {
	info, err := os.Lstat(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		target, err := os.Readlink(from)
		if err != nil {
			return err
		}
		return os.Symlink(target, to)
	case !info.Mode().IsRegular():
		return nil
	}
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, info.Mode().Perm())
}
