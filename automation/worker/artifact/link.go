package artifact

import (
	"archive/zip"
	"fmt"
	"io"
	"path"
)

// longest is how long the target of a link may be: Linux's PATH_MAX.
const longest = 4096

type link struct{ name, target string }

// link notes a link. Links are made when all files are there, so that no file is written through one.
func (u *unpacking) link(entry *zip.File, name string) error {
	from, err := entry.Open()
	if err != nil {
		return unsafe("the archive's link %q: %v", entry.Name, err)
	}
	defer func() { _ = from.Close() }()
	text, err := io.ReadAll(io.LimitReader(from, longest+1))
	if err != nil {
		return fmt.Errorf("unpacking the link %q: %w", entry.Name, err)
	}
	target := string(text)
	if len(target) > longest || target == "" {
		return unsafe("the archive's link %q has a target of %d bytes, not of 1 to %d", entry.Name, len(target), longest)
	}
	u.links = append(u.links, link{name, target})
	return nil
}

// makeLinks makes the links. Where they lead to is the business of those who follow them; here nobody does.
func (u *unpacking) makeLinks() error {
	for _, l := range u.links {
		if err := u.folder(path.Dir(l.name)); err != nil {
			return unsafe("the archive's link %q: %v", l.name, err)
		}
		if err := u.root.Symlink(l.target, l.name); err != nil {
			return unsafe("the archive's link %q: %v", l.name, err)
		}
	}
	return nil
}
