package project

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// write makes a folder of a commit's files, the same one for whoever makes it: modes are git's two, whatever the umask is,
// and every time is the commit's. No name leads out of the folder. What is below skip is left out.
func (w walk) write(to, skip string, at time.Time) error {
	root, err := os.OpenRoot(to)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	made := writing{root: root, folders: []string{"."}, known: map[string]bool{".": true}, at: at}
	err = w(func(f file) error {
		if skip != "" && (f.name == skip || strings.HasPrefix(f.name, skip+"/")) {
			return nil
		}
		if err := made.file(f); err != nil {
			return fmt.Errorf("writing %q: %w", f.name, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return made.finish(to)
}

type writing struct {
	root    *os.Root
	folders []string // each behind the one that it is in
	known   map[string]bool
	links   []string
	at      time.Time
}

func (w *writing) folder(name string) error {
	if w.known[name] {
		return nil
	}
	if err := w.folder(path.Dir(name)); err != nil {
		return err
	}
	if err := w.root.Mkdir(name, 0o755); err != nil {
		return err
	}
	w.known[name] = true
	w.folders = append(w.folders, name)
	return nil
}

// longestLink is how long the target of a link may be: Linux's PATH_MAX.
const longestLink = 4096

func (w *writing) file(f file) error {
	if err := w.folder(path.Dir(f.name)); err != nil {
		return err
	}
	switch f.mode {
	case modeSubmodule:
		return w.folder(f.name)
	case modeLink:
		target, err := io.ReadAll(io.LimitReader(f.content, longestLink+1))
		if err != nil {
			return err
		}
		w.links = append(w.links, f.name)
		return w.root.Symlink(string(target), f.name)
	case modeFile:
		return w.regular(f, 0o644)
	case modeExecutable:
		return w.regular(f, 0o755)
	}
	return fmt.Errorf("git has it as %s", f.mode)
}

func (w *writing) regular(f file, mode fs.FileMode) error {
	file, err := w.root.OpenFile(f.name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, f.content)
	if err := errors.Join(err, file.Chmod(mode), file.Close()); err != nil {
		return err
	}
	return w.root.Chtimes(f.name, w.at, w.at)
}

// finish gives links and folders their times, and folders their mode: all that is in them is there.
func (w *writing) finish(to string) error {
	moment := unix.NsecToTimespec(w.at.UnixNano())
	for _, name := range w.links { // os.Root would follow them
		file := filepath.Join(to, filepath.FromSlash(name))
		if err := unix.UtimesNanoAt(unix.AT_FDCWD, file, []unix.Timespec{moment, moment}, unix.AT_SYMLINK_NOFOLLOW); err != nil {
			return fmt.Errorf("writing %q: %w", name, err)
		}
	}
	for i := len(w.folders) - 1; i >= 0; i-- {
		name := w.folders[i]
		if err := errors.Join(w.root.Chmod(name, 0o755), w.root.Chtimes(name, w.at, w.at)); err != nil {
			return fmt.Errorf("writing %q: %w", name, err)
		}
	}
	return nil
}
