package sigv4

import "strings"

// Identity is who has signed a request.
type Identity struct {
	AccessKeyID string
	Root        bool   // may do everything
	Region      string // that the request was signed for; empty for git
	Scope       Scope
	Role        *Role // of a session that somebody has by a role; nil for others
}

// Unlimited tells whether no scope limits what the caller may do.
func (i Identity) Unlimited() bool { return i.Root || i.Role != nil }

// Scope is what a session may touch in S3. Each entry is a bucket, a slash and a key ("artifacts/slipway/Source/x1");
// one that ends with a slash is every key that begins so, a bucket with a slash alone all of it.
type Scope struct {
	Read  []string `json:"read,omitempty"`
	Write []string `json:"write,omitempty"`
}

// MayRead tells whether the object may be read.
func (i Identity) MayRead(bucket, key string) bool {
	return i.Unlimited() || within(i.Scope.Read, bucket, key)
}

// MayWrite tells whether the object may be written or deleted.
func (i Identity) MayWrite(bucket, key string) bool {
	return i.Unlimited() || within(i.Scope.Write, bucket, key)
}

func within(entries []string, bucket, key string) bool {
	object := bucket + "/" + key
	for _, e := range entries {
		if e == object || strings.HasSuffix(e, "/") && strings.HasPrefix(object, e) {
			return true
		}
	}
	return false
}
