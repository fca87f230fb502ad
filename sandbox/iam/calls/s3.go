package calls

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"slipway/sandbox/iam"
)

// s3Operation names a call by its method and what it is about: "GET object", "PUT bucket versioning".
func s3Operation(r *http.Request) string {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	kind := "object"
	switch {
	case bucket == "":
		kind = "service"
	case key == "":
		kind = "bucket"
	}
	operation := r.Method + " " + kind
	for _, sub := range subresources {
		if r.URL.Query().Has(sub) {
			operation += " " + sub
		}
	}
	if r.Header.Get("X-Amz-Copy-Source") != "" {
		operation += " copy"
	}
	return operation
}

// subresources of a bucket or an object change what a call is.
var subresources = []string{
	"versioning", "encryption", "lifecycle", "policy", "publicAccessBlock", "ownershipControls", "tagging", "acl", "cors", "delete",
	"location", "logging", "replication", "requestPayment", "website", "accelerate", "object-lock", "versions", "uploads", "uploadId", "versionId",
}

// readObjects keeps of a request to S3 which objects it is about beside the one in its path.
func (c *Call) readObjects(r *http.Request, body []byte) error {
	from, err := url.PathUnescape(r.Header.Get("X-Amz-Copy-Source"))
	if err != nil {
		return fmt.Errorf("reading what to copy: %w", err)
	}
	from, _, _ = strings.Cut(from, "?versionId=")
	c.copied = strings.TrimPrefix(from, "/")
	if c.Operation != "POST bucket delete" {
		return nil
	}
	var named struct {
		Objects []struct{ Key string } `xml:"Object"`
	}
	if err := xml.Unmarshal(body, &named); err != nil {
		return fmt.Errorf("reading what to delete: %w", err)
	}
	for _, each := range named.Objects {
		c.deleted = append(c.deleted, each.Key)
	}
	return nil
}

// objects maps calls of S3 to actions (S3 user guide, "Required permissions for Amazon S3 API operations").
var objects = withDocuments(map[string]rule{
	"DELETE bucket":           bucket("s3:DeleteBucket"),
	"DELETE object":           object("s3:DeleteObject"),
	"DELETE object uploadId":  object("s3:AbortMultipartUpload"),
	"DELETE object versionId": object("s3:DeleteObjectVersion"),
	"GET bucket":              list("s3:ListBucket"),
	"GET bucket location":     bucket("s3:GetBucketLocation"),
	"GET bucket versioning":   bucket("s3:GetBucketVersioning"),
	"GET bucket versions":     list("s3:ListBucketVersions"),
	"GET bucket uploads":      bucket("s3:ListBucketMultipartUploads"),
	"GET object":              object("s3:GetObject", "kms:Decrypt"),
	"GET object uploadId":     object("s3:ListMultipartUploadParts"),
	"GET object versionId":    object("s3:GetObjectVersion", "kms:Decrypt"),
	"GET service":             anything("s3:ListAllMyBuckets"),
	"HEAD bucket":             bucket("s3:ListBucket"),
	"HEAD object":             object("s3:GetObject", "kms:Decrypt"),
	"HEAD object versionId":   object("s3:GetObjectVersion", "kms:Decrypt"),
	"POST bucket delete":      deleteObjects,
	"PUT bucket":              bucket("s3:CreateBucket"),
	"PUT bucket versioning":   bucket("s3:PutBucketVersioning"),
	"PUT object":              object("s3:PutObject", "kms:GenerateDataKey"),
	"PUT object copy":         both(copied, object("s3:PutObject", "kms:GenerateDataKey")),
	// A part of a multipart upload is decrypted when all are put together (AWS re:Post, "upload of a large file with KMS").
	"POST object uploads": object("s3:PutObject", "kms:GenerateDataKey", "kms:Decrypt"),
	"PUT object uploadId": object("s3:PutObject", "kms:GenerateDataKey"),

	"PUT object uploadId copy": both(copied, object("s3:PutObject", "kms:GenerateDataKey")),

	"POST object uploadId": object("s3:PutObject", "kms:Decrypt"),
})

func (c *Call) place() (bucket, key string) {
	bucket, key, _ = strings.Cut(strings.TrimPrefix(c.path, "/"), "/")
	return bucket, key
}

// object asks on the object, and for the key that the bucket encrypts it with (S3 user guide, "Using server-side
// encryption with AWS KMS keys", Permissions).
func object(action string, withKey ...string) rule {
	return func(c *Call) []iam.Request {
		bucket, key := c.place()
		return c.stored(bucket, key, action, withKey)
	}
}

func (c *Call) stored(bucket, key, action string, withKey []string) []iam.Request {
	all := []iam.Request{c.ask(action, "arn:aws:s3:::"+bucket+"/"+key, nil)}
	if id := c.world.KeyOf(bucket); id != "" {
		for _, each := range withKey {
			all = append(all, c.ask(each, id, nil))
		}
	}
	return all
}

// documents of a bucket, each with what the actions on it are named for.
var documents = map[string]string{
	"acl": "BucketAcl", "encryption": "EncryptionConfiguration", "lifecycle": "LifecycleConfiguration", "policy": "BucketPolicy",
	"publicAccessBlock": "BucketPublicAccessBlock", "ownershipControls": "BucketOwnershipControls", "tagging": "BucketTagging",
}

// To remove one is to put nothing in its place, but for a policy (S3 user guide, the page above).
func withDocuments(all map[string]rule) map[string]rule {
	for document, name := range documents {
		all["GET bucket "+document], all["PUT bucket "+document] = bucket("s3:Get"+name), bucket("s3:Put"+name)
		all["DELETE bucket "+document] = bucket("s3:Put" + name)
	}
	all["DELETE bucket policy"] = bucket("s3:DeleteBucketPolicy")
	return all
}

func anything(action string) rule {
	return func(c *Call) []iam.Request { return []iam.Request{c.ask(action, "*", nil)} }
}

func deleteObjects(c *Call) []iam.Request {
	name, _ := c.place()
	var all []iam.Request
	for _, key := range c.deleted {
		all = append(all, c.ask("s3:DeleteObject", "arn:aws:s3:::"+name+"/"+key, nil))
	}
	return all
}

// copied is the reading half of a copy.
func copied(c *Call) []iam.Request {
	bucket, key, _ := strings.Cut(c.copied, "/")
	return c.stored(bucket, key, "s3:GetObject", []string{"kms:Decrypt"})
}

func bucket(action string) rule {
	return func(c *Call) []iam.Request {
		name, _ := c.place()
		return []iam.Request{c.ask(action, "arn:aws:s3:::"+name, nil)}
	}
}

// list has the prefix and delimiter for condition keys when the request has them.
func list(action string) rule {
	return func(c *Call) []iam.Request {
		name, _ := c.place()
		context := iam.Context{}
		for key, parameter := range map[string]string{"s3:prefix": "prefix", "s3:delimiter": "delimiter", "s3:max-keys": "max-keys"} {
			if values, there := url.Values(c.query)[parameter]; there {
				context[key] = values
			}
		}
		return []iam.Request{c.ask(action, "arn:aws:s3:::"+name, context)}
	}
}
