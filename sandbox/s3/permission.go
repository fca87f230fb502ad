package s3

import (
	"encoding/xml"
	"errors"
	"net/http"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/sigv4"
)

// Authorize returns an *awsapi.Error for a request that IAM does not let its sender make. It leaves the request's body to
// be read again.
type Authorize func(who sigv4.Identity, r *http.Request) error

// inWords is a refusal as S3 calls it.
func inWords(err error) error {
	var e *awsapi.Error
	if errors.As(err, &e) && e.Code == awsapi.NotAuthorized {
		return failure(http.StatusForbidden, "AccessDenied", "%s", e.Message)
	}
	return err
}

// KeyOf returns the KMS key that a bucket encrypts with by its own rule, as the rule names it; empty for none.
func (s *Service) KeyOf(name string) string {
	b, found, err := s.buckets.Get(name)
	if err != nil || !found {
		return ""
	}
	var rule encryptionRule
	if xml.Unmarshal(b.setting("encryption"), &rule) != nil || rule.Rule.Default.Algorithm != byKMS {
		return ""
	}
	return rule.Rule.Default.Key
}

// Policy returns the policy of a bucket, empty for none.
func (s *Service) Policy(name string) string {
	b, found, err := s.buckets.Get(name)
	if err != nil || !found {
		return ""
	}
	return string(b.setting("policy"))
}
