package s3

import (
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"slipway/sandbox/awsapi"
)

// Encryption is the part of KMS that objects need. The objects themselves are not encrypted here, but a key that
// does not exist or is not enabled refuses them as on AWS.
type Encryption interface {
	// Usable returns the ARN of the key that an id, an ARN or an alias means, and KMS's error for one that cannot be used.
	Usable(ref string) (arn string, err error)
}

// The headers that say how an object is encrypted, and the value that names KMS.
const (
	encryptionHeader = "X-Amz-Server-Side-Encryption"
	keyHeader        = "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id"
	bucketKeyHeader  = "X-Amz-Server-Side-Encryption-Bucket-Key-Enabled"
	byKMS            = "aws:kms"
)

// managed begins the alias of the keys that AWS makes itself; they are always there.
const managed = "alias/aws/"

// encryptionRule is what a bucket says of objects that are put without a wish of their own.
type encryptionRule struct {
	XMLName xml.Name `xml:"ServerSideEncryptionConfiguration"`
	Rule    struct {
		Default struct {
			Algorithm string `xml:"SSEAlgorithm"`
			Key       string `xml:"KMSMasterKeyID,omitempty"`
		} `xml:"ApplyServerSideEncryptionByDefault"`
		BucketKey bool `xml:"BucketKeyEnabled"`
	}
}

// checkEncryption refuses a rule that S3 does not take.
func checkEncryption(text []byte) error {
	var rule encryptionRule
	if err := xml.Unmarshal(text, &rule); err != nil {
		return errXML()
	}
	switch d := rule.Rule.Default; {
	case d.Algorithm != "AES256" && d.Algorithm != byKMS:
		return errXML()
	case d.Algorithm == "AES256" && d.Key != "":
		return errArgument("a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms")
	}
	return nil
}

// kmsRule is the rule of a bucket whose objects one key encrypts.
func kmsRule(key string) []byte {
	return fmt.Appendf(nil, `<ServerSideEncryptionConfiguration xmlns=%q><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>%s</SSEAlgorithm>`+
		`<KMSMasterKeyID>%s</KMSMasterKeyID></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>`,
		xmlns, byKMS, key)
}

// encrypted completes how an object is encrypted by its bucket's rule, and refuses a key that cannot be used.
func (s *Service) encrypted(b bucket, a attributes) (attributes, error) {
	var rule encryptionRule
	if err := xml.Unmarshal(b.setting("encryption"), &rule); err != nil {
		return a, err
	}
	if d := rule.Rule.Default; a.Headers[encryptionHeader] == "" && d.Algorithm == byKMS {
		a = a.with(encryptionHeader, byKMS).with(keyHeader, d.Key)
		if rule.Rule.BucketKey {
			a = a.with(bucketKeyHeader, "true")
		}
	}
	arn, err := s.usable(a)
	if err == nil && arn != "" {
		a = a.with(keyHeader, arn)
	}
	return a, err
}

// usable returns the ARN of the key that an object is encrypted with; empty when that is none of the account's own.
func (s *Service) usable(a attributes) (string, error) {
	key := a.Headers[keyHeader]
	switch {
	case a.Headers[encryptionHeader] != byKMS && key != "":
		return "", errArgument("Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms")
	case key == "" || strings.Contains(key, managed) || s.encryption == nil:
		return "", nil
	}
	arn, err := s.encryption.Usable(key)
	var known *awsapi.Error
	if errors.As(err, &known) {
		err = failure(http.StatusBadRequest, "KMS."+known.Code, "%s", known.Message)
	}
	return arn, err
}

// with returns the attributes with one more header.
func (a attributes) with(name, value string) attributes {
	headers := map[string]string{}
	for k, v := range a.Headers {
		headers[k] = v
	}
	if headers[name] = value; value == "" {
		delete(headers, name)
	}
	a.Headers = headers
	return a
}
