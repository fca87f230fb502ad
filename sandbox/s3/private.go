package s3

import "fmt"

// EnsurePrivate makes a bucket when it does not exist: with versions, encrypted with a key of KMS, for nobody outside
// the account, and over TLS only. One that exists stays as it is.
func (s *Service) EnsurePrivate(name, key string) error {
	if _, found, err := s.buckets.Get(name); err != nil || found {
		return err
	}
	b := bucket{Name: name, Versioning: versioned}
	b.set("encryption", kmsRule(key))
	b.set("policy", fmt.Appendf(nil, `{"Version":"2012-10-17","Statement":[{"Sid":"OnlyTLS","Effect":"Deny","Principal":"*","Action":"s3:*",`+
		`"Resource":[%q,%q],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`, arn(name), arn(name+"/*")))
	return s.createBucket(b)
}
