package s3

import (
	"encoding/base64"
	"errors"
	"sort"

	"slipway/sandbox/awsapi"
)

const mostKeys = 1000

type objectView struct {
	Key          string
	LastModified stamp
	ETag         string
	Size         int64
	StorageClass string
	Owner        *owner `xml:",omitempty"`
}

type prefixView struct{ Prefix string }

type listAnswer struct {
	Name                  string
	Prefix                string
	Delimiter             string  `xml:",omitempty"`
	Marker                *string `xml:",omitempty"`
	NextMarker            string  `xml:",omitempty"`
	StartAfter            string  `xml:",omitempty"`
	ContinuationToken     string  `xml:",omitempty"`
	NextContinuationToken string  `xml:",omitempty"`
	KeyCount              *int    `xml:",omitempty"`
	MaxKeys               int
	EncodingType          string `xml:",omitempty"`
	IsTruncated           bool
	Contents              []objectView
	CommonPrefixes        []prefixView
}

// listObjects answers both versions of the list request.
func (c *call) listObjects() error {
	most, err := c.number("max-keys", mostKeys, mostKeys)
	if err != nil {
		return err
	}
	l := listing{prefix: c.query.Get("prefix"), delimiter: c.query.Get("delimiter"), after: c.query.Get("marker"), most: most}
	out := listAnswer{
		Name: c.name, Prefix: c.encode(l.prefix), Delimiter: c.encode(l.delimiter),
		MaxKeys: most, EncodingType: c.query.Get("encoding-type"),
	}
	second := c.query.Get("list-type") == "2"
	if second {
		if l.after, err = c.continuation(); err != nil {
			return err
		}
		out.StartAfter, out.ContinuationToken = c.encode(c.query.Get("start-after")), c.query.Get("continuation-token")
	}
	all, names, err := c.current(c.name)
	if err != nil {
		return err
	}
	p := l.pick(names)
	for _, e := range p.entries {
		if e.common {
			out.CommonPrefixes = append(out.CommonPrefixes, prefixView{c.encode(e.name)})
			continue
		}
		out.Contents = append(out.Contents, c.objectView(all[e.index], !second || c.query.Get("fetch-owner") == "true"))
	}
	out.IsTruncated = p.next != ""
	c.pageOf(&out, p, second)
	return c.answer("ListBucketResult", out)
}

// pageOf says in an answer where the next part of the list begins.
func (c *call) pageOf(out *listAnswer, p page, second bool) {
	if !second {
		marker := c.encode(c.query.Get("marker"))
		out.Marker, out.NextMarker = &marker, c.encode(p.next)
		return
	}
	count := len(p.entries)
	out.KeyCount = &count
	if p.next != "" {
		out.NextContinuationToken = base64.URLEncoding.EncodeToString([]byte(p.next))
	}
}

// continuation returns what a list of version 2 comes after.
func (c *call) continuation() (string, error) {
	token := c.query.Get("continuation-token")
	if token == "" {
		return c.query.Get("start-after"), nil
	}
	b, err := base64.URLEncoding.DecodeString(token)
	if err != nil {
		return "", errArgument("The continuation token provided is incorrect")
	}
	return string(b), nil
}

func (c *call) objectView(o object, withOwner bool) objectView {
	v, _ := o.newest()
	view := objectView{c.encode(o.Key), stamp(v.Modified), quoted(v.ETag), v.Size, v.storageClass(), nil}
	if withOwner {
		view.Owner = &account
	}
	return view
}

type versionView struct {
	Key          string
	VersionId    string
	IsLatest     bool
	LastModified stamp
	ETag         string `xml:",omitempty"`
	Size         *int64 `xml:",omitempty"`
	StorageClass string `xml:",omitempty"`
	Owner        owner
}

type versionsAnswer struct {
	Name                string
	Prefix              string
	KeyMarker           string
	VersionIdMarker     string
	NextKeyMarker       string `xml:",omitempty"`
	NextVersionIdMarker string `xml:",omitempty"`
	MaxKeys             int
	EncodingType        string `xml:",omitempty"`
	IsTruncated         bool
	Version             []versionView
	DeleteMarker        []versionView
}

// listVersions answers every version. It has no delimiter, and pages end between keys.
func (c *call) listVersions() error {
	if c.query.Get("delimiter") != "" || c.query.Get("version-id-marker") != "" {
		return errNotHere("versions with a delimiter or a version-id-marker")
	}
	most, err := c.number("max-keys", mostKeys, mostKeys)
	if err != nil {
		return err
	}
	c.Service.mu.RLock()
	defer c.Service.mu.RUnlock()
	if _, err := c.bucket(c.name); err != nil {
		return err
	}
	all, err := c.objectsOf(c.name)
	if err != nil {
		return err
	}
	after := c.query.Get("key-marker")
	out := versionsAnswer{
		Name: c.name, Prefix: c.encode(c.query.Get("prefix")), KeyMarker: c.encode(after),
		MaxKeys: most, EncodingType: c.query.Get("encoding-type"),
	}
	names := make([]string, len(all))
	for i, o := range all {
		names[i] = o.Key
	}
	p := listing{prefix: c.query.Get("prefix"), after: after, most: most}.pick(names)
	for _, e := range p.entries {
		c.addVersions(&out, all[e.index])
	}
	out.IsTruncated, out.NextKeyMarker = p.next != "", c.encode(p.next)
	return c.answer("ListVersionsResult", out)
}

func (c *call) addVersions(out *versionsAnswer, o object) {
	for i, v := range o.Versions {
		view := versionView{Key: c.encode(o.Key), VersionId: v.ID, IsLatest: i == 0, LastModified: stamp(v.Modified), Owner: account}
		if v.Marker {
			out.DeleteMarker = append(out.DeleteMarker, view)
			continue
		}
		view.ETag, view.Size, view.StorageClass = quoted(v.ETag), &v.Size, v.storageClass()
		out.Version = append(out.Version, view)
	}
}

type uploadView struct {
	Key       string
	UploadId  string
	Initiated stamp
}

// listUploads answers the uploads that have begun and not ended, all at once.
func (c *call) listUploads() error {
	if _, err := c.bucket(c.name); err != nil {
		return err
	}
	all, err := c.uploads.All()
	if err != nil {
		return err
	}
	out := struct {
		Bucket      string
		IsTruncated bool
		Upload      []uploadView
	}{Bucket: c.name}
	for _, u := range all {
		if u.Bucket == c.name {
			out.Upload = append(out.Upload, uploadView{u.Key, u.ID, stamp(u.Began)})
		}
	}
	sort.Slice(out.Upload, func(i, j int) bool { return out.Upload[i].Key < out.Upload[j].Key })
	return c.answer("ListMultipartUploadsResult", out)
}

type deleteRequest struct {
	Quiet  bool
	Object []struct {
		Key       string
		VersionId string
		ETag      string
	}
}

type deletedView struct {
	Key                   string
	VersionId             string `xml:",omitempty"`
	DeleteMarker          bool   `xml:",omitempty"`
	DeleteMarkerVersionId string `xml:",omitempty"`
}

type deleteError struct{ Key, Code, Message string }

// deleteObjects deletes up to a thousand objects.
func (c *call) deleteObjects() error {
	var in deleteRequest
	if err := c.decode(&in); err != nil {
		return err
	}
	if len(in.Object) == 0 || len(in.Object) > mostKeys {
		return errXML()
	}
	if _, err := c.bucket(c.name); err != nil {
		return err
	}
	out := struct {
		Deleted []deletedView
		Error   []deleteError
	}{}
	for _, o := range in.Object {
		done, err := c.remove(c.name, o.Key, o.VersionId, o.ETag)
		switch {
		case err != nil:
			e := deleteError{o.Key, "InternalError", err.Error()}
			if known := (*awsapi.Error)(nil); errors.As(err, &known) {
				e.Code, e.Message = known.Code, known.Message
			}
			out.Error = append(out.Error, e)
		case !in.Quiet:
			v := deletedView{Key: o.Key, VersionId: o.VersionId, DeleteMarker: done.Marker}
			if done.Marker {
				v.DeleteMarkerVersionId = done.Version
			}
			out.Deleted = append(out.Deleted, v)
		}
	}
	return c.answer("DeleteResult", out)
}
