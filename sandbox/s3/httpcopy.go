package s3

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"slipway/sandbox/naming"
)

const (
	// rangeHeader says which bytes of an object are copied into a part.
	rangeHeader = "X-Amz-Copy-Source-Range"
	// matchHeader says which ETag an object must have to be copied.
	matchHeader = "X-Amz-Copy-Source-If-Match"
)

// copySource opens the object that a request wants copied.
func (c *call) copySource() (*os.File, version, error) {
	path, query, _ := strings.Cut(c.r.Header.Get("X-Amz-Copy-Source"), "?")
	path, err := url.PathUnescape(strings.TrimPrefix(path, "/"))
	if err != nil {
		return nil, version{}, errArgument("Copy Source must be URL-encoded and mention the source bucket and key")
	}
	from, key, _ := strings.Cut(path, "/")
	id, _ := strings.CutPrefix(query, "versionId=")
	if !c.who.MayRead(from, key) {
		return nil, version{}, errDenied()
	}
	for name := range c.r.Header {
		if strings.HasPrefix(name, "X-Amz-Copy-Source-") && name != rangeHeader && name != matchHeader {
			return nil, version{}, errNotHere(strings.ToLower(name))
		}
	}
	f, v, err := c.open(from, key, id)
	if want := c.r.Header.Get(matchHeader); err == nil && want != "" && strings.Trim(want, `"`) != v.ETag {
		f.Close()
		return nil, v, errPrecondition("x-amz-copy-source-If-Match")
	}
	return f, v, err
}

func (c *call) copyObject(a attributes, when conditions) error {
	f, source, err := c.copySource()
	if err != nil {
		return err
	}
	defer f.Close()
	if c.r.Header.Get("X-Amz-Metadata-Directive") != "REPLACE" {
		wish := a
		a = source.With
		for _, name := range []string{encryptionHeader, keyHeader, bucketKeyHeader} { // never the source's
			a = a.with(name, wish.Headers[name])
		}
	}
	a.Checksums = source.checksums()
	v, linked, err := c.link(c.name, c.key, source, a, when)
	if !linked {
		v, err = c.put(c.r.Context(), c.name, c.key, f, source.Size, a, when)
	}
	if err != nil {
		return err
	}
	c.tell(v)
	return c.answer("CopyObjectResult", struct {
		LastModified stamp
		ETag         string
	}{stamp(v.Modified), quoted(v.ETag)})
}

// link makes a copy that shares its source's file, which never changes. It says false when that cannot be: the source is
// gone meanwhile, or came in parts and has an ETag that a copy would not have.
func (s *Service) link(bucket, key string, source version, a attributes, when conditions) (v version, linked bool, err error) {
	to, err := s.writable(bucket, key)
	if err != nil {
		return v, true, err
	}
	if a, err = s.encrypted(to, a); err != nil {
		return v, true, err
	}
	name := naming.Hex(40)
	if strings.Contains(source.ETag, "-") || s.files.Link(source.File, name) != nil {
		return v, false, nil
	}
	v, err = s.add(bucket, key, version{File: name, Size: source.Size, ETag: source.ETag, With: a}, when)
	if err != nil {
		s.discard(name)
	}
	return v, true, err
}

func (c *call) copyPart(number int) error {
	f, source, err := c.copySource()
	if err != nil {
		return err
	}
	defer f.Close()
	from, size, err := section(c.r.Header.Get(rangeHeader), source.Size)
	if err != nil {
		return err
	}
	body := io.NewSectionReader(f, from, size)
	p, err := c.putPart(c.r.Context(), c.name, c.key, c.query.Get("uploadId"), number, body, size, nil)
	if err != nil {
		return err
	}
	return c.answer("CopyPartResult", struct {
		LastModified stamp
		ETag         string
	}{stamp(p.Modified), quoted(p.ETag)})
}

// section returns where a range like bytes=0-99 begins and how many bytes it has; without one it is all of them.
func section(text string, size int64) (from, length int64, err error) {
	if text == "" {
		return 0, size, nil
	}
	var to int64
	if n, err := fmt.Sscanf(text, "bytes=%d-%d", &from, &to); err != nil || n != 2 || from < 0 || to < from || to >= size {
		return 0, 0, errArgument("The x-amz-copy-source-range value must be of the form bytes=first-last and within the source object")
	}
	return from, to - from + 1, nil
}
