package artifact

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Limits bound what an archive may unpack to, whatever it says of itself.
type Limits struct {
	Bytes     int64 // of all files together
	Entries   int
	Directory int64 // bytes of the archive's own table, which is held in memory
}

// Default is room for every source that CodePipeline takes (an archive of 1 GB) and little more.
var Default = Limits{Bytes: 8 << 30, Entries: 200_000, Directory: 48 << 20}

// Unsafe is an archive that is refused. NotZip says that it is no archive at all.
type Unsafe struct {
	Reason string
	NotZip bool
}

// Error says why the archive is refused.
func (e *Unsafe) Error() string { return e.Reason }

func unsafe(format string, args ...any) error { return &Unsafe{Reason: fmt.Sprintf(format, args...)} }

// Unzip unpacks the archive into a new folder. Everything is written beneath it: an archive with a name that leads
// elsewhere is refused, as is one beyond the limits. A link may lead anywhere, as one in git does: nothing is written
// through it. On an error nothing is left of the folder.
func Unzip(ctx context.Context, archive, folder string, limits Limits) (err error) {
	file, err := os.Open(archive)
	if err != nil {
		return fmt.Errorf("opening the archive: %w", err)
	}
	defer func() { _ = file.Close() }()
	reader, err := open(file, limits)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("making the folder for the source: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(folder)
		}
	}()
	if err := os.Chmod(folder, 0o755); err != nil {
		return fmt.Errorf("making the folder for the source: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return fmt.Errorf("opening the folder for the source: %w", err)
	}
	defer func() { _ = root.Close() }()
	u := &unpacking{root: root, made: map[string]bool{}, left: limits.Bytes, most: limits.Bytes}
	for _, entry := range reader.File {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := u.entry(entry); err != nil {
			return err
		}
	}
	return u.makeLinks()
}

// open reads the archive's table.
func open(file *os.File, limits Limits) (*zip.Reader, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("opening the archive: %w", err)
	}
	budget := &metered{ReaderAt: file, left: limits.Directory}
	reader, err := zip.NewReader(budget, info.Size())
	switch {
	case errors.Is(err, errDirectory):
		return nil, unsafe("the archive's table is longer than %d bytes", limits.Directory)
	case errors.Is(err, zip.ErrFormat):
		return nil, &Unsafe{Reason: fmt.Sprintf("the artifact is not a zip archive (%d bytes, beginning with %q)", info.Size(), beginning(file)), NotZip: true}
	case err != nil && !errors.Is(err, zip.ErrInsecurePath):
		return nil, fmt.Errorf("reading the archive: %w", err)
	case len(reader.File) > limits.Entries:
		return nil, unsafe("the archive has %d entries, more than %d", len(reader.File), limits.Entries)
	}
	budget.open = true
	return reader, nil
}

func beginning(file io.ReaderAt) []byte {
	head := make([]byte, 16)
	n, _ := file.ReadAt(head, 0)
	return head[:n]
}

// unpacking is one archive on its way to the disk.
type unpacking struct {
	root  *os.Root
	made  map[string]bool // folders
	left  int64           // bytes that may still be written
	most  int64
	links []link
}

func (u *unpacking) entry(entry *zip.File) error {
	name := path.Clean(entry.Name)
	if !filepath.IsLocal(name) || strings.Contains(entry.Name, "\x00") {
		return unsafe("the archive's entry %q leads out of its folder", entry.Name)
	}
	switch mode := entry.Mode(); {
	case mode.IsDir():
		return u.folder(name)
	case mode&fs.ModeSymlink != 0:
		return u.link(entry, name)
	case mode.IsRegular():
		return u.file(entry, name)
	}
	return unsafe("the archive's entry %q is neither file, folder nor link", entry.Name)
}

// folder makes a folder with those above it. Its mode ends up in an image, so the umask must not decide it.
func (u *unpacking) folder(name string) error {
	if name == "." || u.made[name] {
		return nil
	}
	if err := u.folder(path.Dir(name)); err != nil {
		return err
	}
	err := u.root.Mkdir(name, 0o755)
	if err == nil {
		err = u.root.Chmod(name, 0o755)
	}
	if err != nil {
		return fmt.Errorf("unpacking %q: %w", name, err)
	}
	u.made[name] = true
	return nil
}

func (u *unpacking) file(entry *zip.File, name string) (err error) {
	if err := u.folder(path.Dir(name)); err != nil {
		return err
	}
	mode := fs.FileMode(0o644)
	if entry.Mode()&0o111 != 0 {
		mode = 0o755
	}
	to, err := u.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) {
		return unsafe("the archive has %q twice", entry.Name)
	}
	if err != nil {
		return fmt.Errorf("unpacking %q: %w", entry.Name, err)
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	if err := to.Chmod(mode); err != nil { // whatever the umask
		return fmt.Errorf("unpacking %q: %w", entry.Name, err)
	}
	from, err := entry.Open()
	if err != nil {
		return unsafe("the archive's entry %q: %v", entry.Name, err)
	}
	defer func() { _ = from.Close() }()
	n, err := io.Copy(to, io.LimitReader(from, u.left+1))
	if u.left -= n; u.left < 0 {
		return unsafe("the archive unpacks to more than %d bytes", u.most)
	}
	if err != nil {
		return fmt.Errorf("unpacking %q: %w", entry.Name, err)
	}
	return nil
}
