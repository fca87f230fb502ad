package s3

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
)

func (c *call) createUpload() error {
	a, err := c.attributes()
	if err != nil {
		return err
	}
	u, err := c.beginUpload(c.name, c.key, a)
	if err != nil {
		return err
	}
	return c.answer("InitiateMultipartUploadResult", struct {
		Bucket, Key, UploadId string
	}{u.Bucket, u.Key, u.ID})
}

// uploadPart writes a part from a request's body, or from another object.
func (c *call) uploadPart() error {
	number, err := strconv.Atoi(c.query.Get("partNumber"))
	if err != nil || number < 1 || number > mostParts {
		return errArgument("Part number must be an integer between 1 and %d, inclusive", mostParts)
	}
	if c.r.Header.Get("X-Amz-Copy-Source") != "" {
		return c.copyPart(number)
	}
	body, sums, err := c.body()
	if err != nil {
		return err
	}
	p, err := c.putPart(c.r.Context(), c.name, c.key, c.query.Get("uploadId"), number, body, c.r.ContentLength, sums)
	if err != nil {
		return err
	}
	h := c.w.Header()
	h.Set("Etag", quoted(p.ETag))
	for name, sum := range (version{With: attributes{Checksums: sums}}).checksums() {
		h.Set(name, sum)
	}
	return nil
}

func (c *call) completeUpload() error {
	var in struct{ Part []chosen }
	if err := c.decode(&in); err != nil {
		return err
	}
	when := conditions{c.r.Header.Get("If-Match"), c.r.Header.Get("If-None-Match")}
	v, err := c.Service.completeUpload(c.r.Context(), c.name, c.key, c.query.Get("uploadId"), in.Part, when)
	if err != nil {
		return err
	}
	c.tell(v)
	return c.answer("CompleteMultipartUploadResult", struct {
		Location, Bucket, Key, ETag string
	}{fmt.Sprintf("http://%s/%s/%s", c.r.Host, c.name, c.key), c.name, c.key, quoted(v.ETag)})
}

func (c *call) abortUpload() error {
	u, err := c.upload(c.name, c.key, c.query.Get("uploadId"))
	if err != nil {
		return err
	}
	if err := c.abort(u); err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

type partView struct {
	PartNumber   int
	LastModified stamp
	ETag         string
	Size         int64
}

// listParts answers the parts that are there, up to a thousand at once.
func (c *call) listParts() error {
	u, err := c.upload(c.name, c.key, c.query.Get("uploadId"))
	if err != nil {
		return err
	}
	after, err := c.number("part-number-marker", 0, mostParts)
	if err != nil {
		return err
	}
	most, err := c.number("max-parts", mostKeys, mostKeys)
	if err != nil {
		return err
	}
	out := struct {
		Bucket, Key, UploadId string
		PartNumberMarker      int
		NextPartNumberMarker  int
		MaxParts              int
		IsTruncated           bool
		Part                  []partView
	}{Bucket: c.name, Key: c.key, UploadId: u.ID, PartNumberMarker: after, MaxParts: most}
	for _, n := range slices.Sorted(maps.Keys(u.Parts)) {
		if n <= after {
			continue
		}
		if out.IsTruncated = len(out.Part) == most; out.IsTruncated {
			break
		}
		p := u.Parts[n]
		out.Part = append(out.Part, partView{n, stamp(p.Modified), quoted(p.ETag), p.Size})
		out.NextPartNumberMarker = n
	}
	return c.answer("ListPartsResult", out)
}
