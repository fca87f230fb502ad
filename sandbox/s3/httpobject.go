package s3

import (
	"io"
	"maps"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
)

// largestPut is how large an object that is put at once may be, in bytes, and a part of one.
const largestPut = 5 << 30

// largestMetadata is how large all of an object's own headers may be, in bytes.
const largestMetadata = 2 << 10

// keptHeaders are remembered with an object beside its own.
var keptHeaders = []string{
	"Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Type", "Expires",
	"X-Amz-Server-Side-Encryption", "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id",
	"X-Amz-Server-Side-Encryption-Bucket-Key-Enabled", "X-Amz-Storage-Class", "X-Amz-Website-Redirect-Location",
}

const ownHeader = "X-Amz-Meta-"

func (v version) storageClass() string {
	if class := v.With.Headers["X-Amz-Storage-Class"]; class != "" {
		return class
	}
	return "STANDARD"
}

// attributes returns what a request puts an object with.
func (c *call) attributes() (attributes, error) {
	a := attributes{Headers: map[string]string{}}
	size := 0
	for name, values := range c.r.Header {
		own := strings.HasPrefix(name, ownHeader)
		if own || slices.Contains(keptHeaders, name) {
			a.Headers[name] = strings.Join(values, ",")
		}
		if own {
			size += len(name) - len(ownHeader) + len(a.Headers[name])
		}
	}
	if size > largestMetadata {
		return a, failure(http.StatusBadRequest, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size")
	}
	return a, c.refuseLocks()
}

// refuseLocks refuses what would keep an object from being changed, and customers' own encryption.
func (c *call) refuseLocks() error {
	for name := range c.r.Header {
		for _, prefix := range []string{"X-Amz-Object-Lock-", "X-Amz-Server-Side-Encryption-Customer-", "X-Amz-Tagging"} {
			if strings.HasPrefix(name, prefix) {
				return errNotHere(strings.ToLower(name))
			}
		}
	}
	return nil
}

// body returns a request's body and the checksums that it must have.
func (c *call) body() (io.Reader, map[string]string, error) {
	if c.r.ContentLength < 0 {
		return nil, nil, failure(http.StatusLengthRequired, "MissingContentLength", "You must provide the Content-Length HTTP header.")
	}
	if c.r.ContentLength > largestPut {
		return nil, nil, failure(http.StatusBadRequest, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
	}
	sums := map[string]string{}
	for _, name := range append(slices.Collect(maps.Keys(algorithms)), contentMD5) {
		if c.r.Header.Get(name) != "" {
			sums[name] = c.r.Header.Get(name)
		}
	}
	announced := c.r.Header.Get("X-Amz-Trailer")
	if announced == "" {
		return c.r.Body, sums, nil
	}
	name := textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(announced))
	if algorithms[name] == nil {
		return nil, nil, errArgument("The value specified in the x-amz-trailer header is not supported")
	}
	sums[name] = ""
	return &trailing{c.r, name, sums}, sums, nil
}

// trailing is a body whose checksum stands behind it.
type trailing struct {
	r    *http.Request
	name string
	sums map[string]string
}

func (t *trailing) Read(p []byte) (int, error) {
	n, err := t.r.Body.Read(p)
	if err == io.EOF {
		if t.sums[t.name] = t.r.Trailer.Get(t.name); t.sums[t.name] == "" {
			err = failure(http.StatusBadRequest, "MalformedTrailerError", "The request contained trailing data that was not well-formed")
		}
	}
	return n, err
}

// putObject writes an object from a request's body, or from another object.
func (c *call) putObject() error {
	a, err := c.attributes()
	if err != nil {
		return err
	}
	when := conditions{c.r.Header.Get("If-Match"), c.r.Header.Get("If-None-Match")}
	if c.r.Header.Get("X-Amz-Copy-Source") != "" {
		return c.copyObject(a, when)
	}
	body, sums, err := c.body()
	if err != nil {
		return err
	}
	a.Checksums = sums
	v, err := c.put(c.r.Context(), c.name, c.key, body, c.r.ContentLength, a, when)
	if err != nil {
		return err
	}
	h := c.w.Header()
	h.Set("Etag", quoted(v.ETag))
	c.tell(v)
	for name, sum := range v.checksums() {
		h.Set(name, sum)
	}
	return nil
}

// checksums are those that an object's answers may have.
func (v version) checksums() map[string]string {
	all := maps.Clone(v.With.Checksums)
	delete(all, contentMD5)
	return all
}

// tell names the version in an answer, and how it was asked to be encrypted.
func (c *call) tell(v version) {
	h := c.w.Header()
	if v.ID != noVersion && v.ID != "" {
		h.Set("x-amz-version-id", v.ID)
	}
	h.Set("x-amz-server-side-encryption", "AES256")
	for name, value := range v.With.Headers {
		if strings.HasPrefix(name, "X-Amz-Server-Side-Encryption") {
			h.Set(name, value)
		}
	}
}

func (c *call) deleteObject() error {
	if err := checkKey(c.key); err != nil {
		return err
	}
	done, err := c.remove(c.name, c.key, c.query.Get("versionId"), c.r.Header.Get("If-Match"))
	if err != nil {
		return err
	}
	if done.Version != "" {
		c.w.Header().Set("x-amz-version-id", done.Version)
	}
	if done.Marker {
		c.w.Header().Set("x-amz-delete-marker", "true")
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}
