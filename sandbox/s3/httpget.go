package s3

import (
	"io"
	"net/http"
	"strings"
)

// overrides are the headers of an answer that the query of a request may set.
var overrides = map[string]string{
	"response-cache-control": "Cache-Control", "response-content-disposition": "Content-Disposition",
	"response-content-encoding": "Content-Encoding", "response-content-language": "Content-Language",
	"response-content-type": "Content-Type", "response-expires": "Expires",
}

// getObject answers an object or, to HEAD, what is known of it.
func (c *call) getObject() error {
	f, v, err := c.open(c.name, c.key, c.query.Get("versionId"))
	if v.Marker {
		c.w.Header().Set("x-amz-delete-marker", "true")
		c.w.Header().Set("x-amz-version-id", v.ID)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	h := c.w.Header()
	h.Set("Content-Type", "binary/octet-stream")
	for name, value := range v.With.Headers {
		h.Set(name, value)
	}
	for name, header := range overrides {
		if c.query.Has(name) {
			h.Set(header, c.query.Get(name))
		}
	}
	c.tell(v)
	h.Set("Etag", quoted(v.ETag))
	if c.r.Header.Get("X-Amz-Checksum-Mode") == "ENABLED" && c.r.Header.Get("Range") == "" {
		for name, sum := range v.checksums() {
			h.Set(name, sum)
		}
	}
	if strings.Contains(c.r.Header.Get("Range"), ",") {
		c.r.Header.Del("Range") // S3 has one range at a time, and answers the whole object
	}
	http.ServeContent(&conditional{ResponseWriter: c.w, c: c}, c.r, "", v.Modified, f)
	return nil
}

// conditional answers in S3's form when a condition does not hold or a range is outside of the object.
type conditional struct {
	http.ResponseWriter
	c      *call
	failed bool
}

// WriteHeader turns a failure into S3's.
func (w *conditional) WriteHeader(status int) {
	if status < http.StatusBadRequest {
		w.ResponseWriter.WriteHeader(status)
		return
	}
	w.failed = true
	err := errPrecondition("If-Match or If-Unmodified-Since")
	if status == http.StatusRequestedRangeNotSatisfiable {
		err = failure(status, "InvalidRange", "The requested range is not satisfiable")
	}
	w.c.fail(err)
}

// Write drops what is said beside a failure.
func (w *conditional) Write(b []byte) (int, error) {
	if w.failed {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

// ReadFrom hands a file on to where it can be sent from.
func (w *conditional) ReadFrom(r io.Reader) (int64, error) {
	if w.failed {
		return io.Copy(io.Discard, r)
	}
	return io.Copy(w.ResponseWriter, r)
}
