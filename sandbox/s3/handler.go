package s3

import (
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
	"slipway/sandbox/sigv4"
)

// call is one request on its way through the handler.
type call struct {
	*Service
	w         http.ResponseWriter
	r         *http.Request
	query     url.Values
	who       sigv4.Identity
	name, key string // of the bucket and the object
}

// Handler answers path-style requests (/bucket/key). It checks their signatures.
func (s *Service) Handler() http.Handler { return http.HandlerFunc(s.serve) }

func (s *Service) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("x-amz-request-id", strings.ToUpper(naming.Hex(16)))
	w.Header().Set("Server", "AmazonS3")
	// What somebody stored is no page of this origin, where the console's buttons are.
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "sandbox")
	c := &call{Service: s, w: w, r: r, query: r.URL.Query()}
	c.name, c.key, _ = strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if err := c.run(); err != nil {
		c.fail(err)
	}
}

// run finds what a request asks for and does it.
func (c *call) run() (err error) {
	if c.who, err = c.keys.Verify(c.r); err != nil {
		return err
	}
	if c.who.Region != string(c.region) {
		c.w.Header().Set(rightRegion, string(c.region))
		return errRegion(c.who.Region, c.region)
	}
	if c.authorize != nil && c.who.Role != nil {
		if err := c.authorize(c.who, c.r); err != nil {
			return inWords(err)
		}
	}
	do, err := c.operation()
	if err != nil {
		return err
	}
	return do()
}

// operation returns what a request asks for, if its sender may.
func (c *call) operation() (func() error, error) {
	table, allowed := accountOperations, c.who.Unlimited()
	switch {
	case c.key != "":
		table = objectOperations
		allowed = c.who.MayWrite(c.name, c.key)
		if c.r.Method == http.MethodGet || c.r.Method == http.MethodHead {
			allowed = c.who.MayRead(c.name, c.key)
		}
	case c.name != "":
		table = bucketOperations
	}
	if !allowed {
		return nil, errDenied()
	}
	resource, err := c.subresource()
	if err != nil {
		return nil, err
	}
	if do := table[c.r.Method+" "+resource]; do != nil {
		return func() error { return do(c) }, nil
	}
	if never, known := neverSet[resource]; known && c.key == "" && c.r.Method == http.MethodGet {
		return func() error {
			if _, err := c.bucket(c.name); err != nil {
				return err
			}
			return never
		}, nil
	}
	if resource != "" {
		return nil, errNotHere(resource)
	}
	return nil, errMethod()
}

// subresources turn a request into another one; what is not known here must not become the plain one.
var subresources = []string{
	"accelerate", "acl", "analytics", "attributes", "cors", "delete", "encryption", "intelligent-tiering", "inventory",
	"legal-hold", "lifecycle", "location", "logging", "metrics", "notification", "object-lock", "ownershipControls",
	"partNumber", "policy", "policyStatus", "publicAccessBlock", "replication", "requestPayment", "restore", "retention",
	"select", "tagging", "torrent", "uploadId", "uploads", "versioning", "versions", "website",
}

// subresource returns which of them a request names.
func (c *call) subresource() (string, error) {
	if c.query.Has("uploadId") {
		return "uploadId", nil
	}
	found := ""
	for _, name := range subresources {
		if c.query.Has(name) {
			if found != "" {
				return "", errArgument("Conflicting query string parameters: %s, %s", found, name)
			}
			found = name
		}
	}
	return found, nil
}

type operations map[string]func(*call) error

// withSettings adds to the operations on a bucket those on its settings.
func withSettings(all operations) operations {
	for name := range settings {
		all["GET "+name], all["PUT "+name], all["DELETE "+name] = getSetting(name), putSetting(name), deleteSetting(name)
	}
	return all
}

var (
	accountOperations = operations{"GET ": (*call).listBuckets}
	bucketOperations  = withSettings(operations{
		"DELETE ":        (*call).deleteBucket,
		"GET ":           (*call).listObjects,
		"GET location":   (*call).getLocation,
		"GET uploads":    (*call).listUploads,
		"GET versioning": (*call).getVersioning,
		"GET versions":   (*call).listVersions,
		"HEAD ":          (*call).headBucket,
		"POST delete":    (*call).deleteObjects,
		"PUT ":           (*call).createBucket,
		"PUT versioning": (*call).putVersioning,
	})
	objectOperations = operations{
		"DELETE ":         (*call).deleteObject,
		"DELETE uploadId": (*call).abortUpload,
		"GET ":            (*call).getObject,
		"GET uploadId":    (*call).listParts,
		"HEAD ":           (*call).getObject,
		"POST uploadId":   (*call).completeUpload,
		"POST uploads":    (*call).createUpload,
		"PUT ":            (*call).putObject,
		"PUT uploadId":    (*call).uploadPart,
	}
)

// fail answers an error in S3's form.
func (c *call) fail(err error) {
	var e *awsapi.Error
	if !errors.As(err, &e) {
		if c.r.Context().Err() == nil {
			c.log.Error("a request to S3 failed", "method", c.r.Method, "path", c.r.URL.Path, "error", err)
		}
		e = failure(http.StatusInternalServerError, "InternalError", "%v", err)
	}
	h := c.w.Header()
	for _, name := range []string{"Content-Length", "Content-Range", "Content-Encoding", "Etag", "Last-Modified", "Cache-Control"} {
		h.Del(name)
	}
	err = c.write(e.Status, xml.Name{Local: "Error"}, struct {
		Code      string
		Message   string
		Resource  string
		Region    string `xml:",omitempty"`
		RequestId string
	}{Code: e.Code, Message: e.Message, Resource: c.r.URL.Path, Region: h.Get(rightRegion), RequestId: h.Get("x-amz-request-id")})
	if err != nil {
		c.log.Error("answering an error", "error", err)
	}
}
