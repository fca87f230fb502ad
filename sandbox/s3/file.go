package s3

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"

	"slipway/sandbox/naming"
)

// blob is a file that was written. Its name is random, so that no key ever becomes a path.
type blob struct {
	name string
	size int64
	md5  string
}

// write reads a body to its end into a new file. A size that is not negative must be the body's, and so must the
// checksums, which may also come with the body's end.
func (s *Service) write(ctx context.Context, r io.Reader, size int64, sums map[string]string) (b blob, err error) {
	b.name = naming.Hex(40)
	f, err := s.files.OpenFile(b.name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return b, err
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			s.discard(b.name)
		}
	}()
	sum := md5.New()
	checks, err := newChecks(sums)
	if err != nil {
		return b, err
	}
	into := []io.Writer{f, sum}
	for _, c := range checks.made {
		into = append(into, c.sum)
	}
	if b.size, err = io.Copy(io.MultiWriter(into...), reader{ctx, r}); err != nil {
		return b, short(err)
	}
	if size >= 0 && b.size != size {
		return b, short(io.ErrUnexpectedEOF)
	}
	b.md5 = hex.EncodeToString(sum.Sum(nil))
	return b, checks.compare(b.md5)
}

// short gives a body that ends early the error that S3 has for it.
func short(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return failure(http.StatusBadRequest, "IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header")
	}
	return err
}

// reader reads until its context ends.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// discard removes a file that no object has any more.
func (s *Service) discard(name string) {
	if name == "" {
		return
	}
	if err := s.files.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.log.Warn("removing the file of an object", "file", name, "error", err)
	}
}

// sweep removes files that a kill left behind.
func (s *Service) sweep() error {
	used := map[string]bool{}
	objects, err := s.objects.All()
	if err != nil {
		return err
	}
	for _, o := range objects {
		for _, v := range o.Versions {
			used[v.File] = true
		}
	}
	uploads, err := s.uploads.All()
	if err != nil {
		return err
	}
	for _, u := range uploads {
		for _, p := range u.Parts {
			used[p.File] = true
		}
	}
	entries, err := fs.ReadDir(s.files.FS(), ".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !used[e.Name()] {
			s.discard(e.Name())
		}
	}
	return nil
}
