package s3

import "fmt"

// EnsurePrivate makes a bucket when it does not exist: with versions, encrypted with a key of KMS, for nobody outside
// the account, over TLS only, and rid of all but the 20 newest versions that were replaced a day ago. One that exists stays
// as it is.
func (s *Service) EnsurePrivate(name, key string) error {
	if _, found, err := s.buckets.Get(name); err != nil || found {
		return err
	}
	b := bucket{Name: name, Versioning: versioned}
	b.set("encryption", kmsRule(key))
	b.set("policy", fmt.Appendf(nil, `{"Version":"2012-10-17","Statement":[{"Sid":"OnlyTLS","Effect":"Deny","Principal":"*","Action":"s3:*",`+
		`"Resource":[%q,%q],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`, arn(name), arn(name+"/*")))
	b.set("lifecycle", fmt.Appendf(nil, `<LifecycleConfiguration xmlns=%q><Rule><ID>replaced</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter>`+
		`<NoncurrentVersionExpiration><NewerNoncurrentVersions>20</NewerNoncurrentVersions><NoncurrentDays>1</NoncurrentDays></NoncurrentVersionExpiration>`+
		`</Rule></LifecycleConfiguration>`, xmlns))
	return s.createBucket(b)
}
