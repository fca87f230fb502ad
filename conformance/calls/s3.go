package calls

import (
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

// objects maps calls of S3 to actions (S3 user guide, "Required permissions for Amazon S3 API operations").
var objects = map[string]rule{
	"DELETE object":           object("s3:DeleteObject"),
	"DELETE object versionId": object("s3:DeleteObjectVersion"),
	"GET bucket":              list("s3:ListBucket"),
	"GET bucket location":     bucket("s3:GetBucketLocation"),
	"GET bucket versioning":   bucket("s3:GetBucketVersioning"),
	"GET bucket versions":     list("s3:ListBucketVersions"),
	"GET bucket encryption":   bucket("s3:GetEncryptionConfiguration"),
	"GET object":              object("s3:GetObject", "kms:Decrypt"),
	"GET object versionId":    object("s3:GetObjectVersion", "kms:Decrypt"),
	"HEAD bucket":             bucket("s3:ListBucket"),
	"HEAD object":             object("s3:GetObject", "kms:Decrypt"),
	"POST bucket delete":      object("s3:DeleteObject"),
	"PUT object":              object("s3:PutObject", "kms:GenerateDataKey"),
	"PUT object copy":         both(source, object("s3:PutObject", "kms:GenerateDataKey")),
	// A part of a multipart upload is decrypted when all are put together (AWS re:Post, "upload of a large file with KMS").
	"POST object uploads":  object("s3:PutObject", "kms:GenerateDataKey", "kms:Decrypt"),
	"PUT object uploadId":  object("s3:PutObject", "kms:GenerateDataKey"),
	"POST object uploadId": object("s3:PutObject", "kms:Decrypt"),
}

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

// source is the reading half of a copy. Its header was not kept: the copy is within the bucket, of any key.
func source(c *Call) []iam.Request {
	bucket, key := c.place()
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
