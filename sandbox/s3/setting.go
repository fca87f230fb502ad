package s3

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"

	"slipway/sandbox/awsapi"
)

// largestSetting is how large a bucket's policy may be, in bytes
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html, November 2026); other settings are smaller.
const largestSetting = 20 << 10

// setting is a document that a bucket has under the name of a subresource. It is kept as it was written.
type setting struct {
	check   func(text []byte) error
	fresh   string        // what a bucket has that was never given one
	missing *awsapi.Error // what a bucket answers that has none
	status  int           // of the answer to PUT
}

// settings by subresource. New buckets are private and encrypted
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/WhatsNew.html, January and April 2023).
var settings = map[string]setting{
	"encryption": {
		check: checkEncryption, status: http.StatusOK,
		fresh: `<ServerSideEncryptionConfiguration xmlns="` + xmlns + `"><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>` +
			`</ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>`,
	},
	"publicAccessBlock": {
		check: rooted("PublicAccessBlockConfiguration"), status: http.StatusOK,
		fresh: `<PublicAccessBlockConfiguration xmlns="` + xmlns + `"><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>` +
			`<BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>`,
		missing: failure(http.StatusNotFound, "NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found"),
	},
	"ownershipControls": {
		check: rooted("OwnershipControls"), status: http.StatusOK,
		fresh:   `<OwnershipControls xmlns="` + xmlns + `"><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>`,
		missing: failure(http.StatusNotFound, "OwnershipControlsNotFoundError", "The bucket ownership controls were not found"),
	},
	"policy": {
		check: checkPolicy, status: http.StatusNoContent,
		missing: failure(http.StatusNotFound, "NoSuchBucketPolicy", "The bucket policy does not exist"),
	},
	"lifecycle": {
		check: rooted("LifecycleConfiguration"), status: http.StatusOK,
		missing: failure(http.StatusNotFound, "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"),
	},
	"tagging": {
		check: rooted("Tagging"), status: http.StatusNoContent,
		missing: failure(http.StatusNotFound, "NoSuchTagSet", "The TagSet does not exist"),
	},
}

// rooted checks that a text is XML with this outermost element.
func rooted(name string) func([]byte) error {
	return func(text []byte) error {
		var root struct{ XMLName xml.Name }
		if err := xml.Unmarshal(text, &root); err != nil || root.XMLName.Local != name {
			return errXML()
		}
		return nil
	}
}

func checkPolicy(text []byte) error {
	var policy struct{ Statement json.RawMessage }
	if err := json.Unmarshal(text, &policy); err != nil || policy.Statement == nil {
		return failure(http.StatusBadRequest, "MalformedPolicy", "Policies must be valid JSON and have a Statement")
	}
	return nil
}

// setting returns a document of a bucket, empty when it has none.
func (b bucket) setting(name string) []byte {
	if text, kept := b.Settings[name]; kept {
		return []byte(text)
	}
	return []byte(settings[name].fresh)
}

// set keeps a document; an empty one removes it.
func (b *bucket) set(name string, text []byte) {
	kept := map[string]string{}
	for k, v := range b.Settings {
		kept[k] = v
	}
	kept[name] = string(text)
	if len(text) == 0 && settings[name].missing == nil {
		delete(kept, name)
	}
	b.Settings = kept
}

func getSetting(name string) func(*call) error {
	return func(c *call) error {
		b, err := c.bucket(c.name)
		if err != nil {
			return err
		}
		text := b.setting(name)
		if len(text) == 0 {
			return settings[name].missing
		}
		kind := "application/xml"
		if name == "policy" {
			kind = "application/json"
		}
		c.w.Header().Set("Content-Type", kind)
		_, _ = c.w.Write(text) // a client that has gone needs no answer
		return nil
	}
}

func putSetting(name string) func(*call) error {
	return func(c *call) error {
		text, err := io.ReadAll(io.LimitReader(c.r.Body, largestSetting+1))
		switch {
		case err != nil:
			return short(err)
		case len(text) > largestSetting:
			return failure(http.StatusBadRequest, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
		}
		if err := settings[name].check(text); err != nil {
			return err
		}
		if err := c.changeBucket(c.name, func(b *bucket) { b.set(name, text) }); err != nil {
			return err
		}
		c.w.WriteHeader(settings[name].status)
		return nil
	}
}

func deleteSetting(name string) func(*call) error {
	return func(c *call) error {
		if err := c.changeBucket(c.name, func(b *bucket) { b.set(name, nil) }); err != nil {
			return err
		}
		c.w.WriteHeader(http.StatusNoContent)
		return nil
	}
}

// neverSet are the settings that no bucket here can have, with what a bucket without them answers (S3 API reference, "Error
// responses", November 2026): programs ask for them and go on.
var neverSet = map[string]error{
	"cors":        failure(http.StatusNotFound, "NoSuchCORSConfiguration", "The CORS configuration does not exist"),
	"object-lock": failure(http.StatusNotFound, "ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket"),
	"replication": failure(http.StatusNotFound, "ReplicationConfigurationNotFoundError", "The replication configuration was not found"),
	"website":     failure(http.StatusNotFound, "NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"),
}
