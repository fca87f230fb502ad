// Package bootstrap makes what Pulumi's state needs before the first stack: a bucket and a key of KMS. Every part is
// compared with what it has to be, and only what differs is changed, so that a run that was cut off is finished by the next.
package bootstrap

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Options say what is made, and where.
type Options struct {
	AWS     aws.Config
	Account string // 12 digits; the only account whose bucket is taken
	Bucket  string // name of the state bucket
	Alias   string // of the key, with alias/ before it
}

// Change is one thing that has to be made or corrected.
type Change struct {
	Part string `json:"part"` // "bucket", "versioning" …
	What string `json:"what"` // in words
}

// Result is what exists after a run, or would.
type Result struct {
	Bucket  string   `json:"bucket"`
	Key     string   `json:"key,omitempty"` // ARN; empty while the key does not exist
	Region  string   `json:"region"`
	Changes []Change `json:"changes"`
}

// Backend is the URL of the bucket as Pulumi's backend.
func (r Result) Backend() string { return "s3://" + r.Bucket + "?region=" + r.Region + "&awssdk=v2" }

// SecretsProvider is the URL of the key as Pulumi's secrets provider; empty while there is no key.
func (r Result) SecretsProvider() string {
	if r.Key == "" {
		return ""
	}
	return "awskms:///" + r.Key + "?region=" + r.Region + "&awssdk=v2"
}

// account is where the parts are.
type account struct {
	Options
	kms *kms.Client
	s3  *s3.Client

	key    string // ARN, empty while there is none
	exists bool   // the bucket
}

// part is one thing that is made. Its differs answers what has to be done in words, empty when nothing has to.
type part struct {
	name    string
	differs func(*account, context.Context) (string, error)
	make    func(*account, context.Context) error
}

// parts in order: the key before the bucket that is encrypted with it, the bucket before its settings, and what closes a
// bucket before anything else of it.
var parts = []part{
	{"key", (*account).keyDiffers, (*account).makeKey},
	{"key rotation", (*account).rotationDiffers, (*account).rotate},
	{"bucket", (*account).bucketDiffers, (*account).makeBucket},
	{"public access", (*account).accessDiffers, (*account).closeAccess},
	{"ownership", (*account).ownershipDiffers, (*account).own},
	{"versioning", (*account).versioningDiffers, (*account).version},
	{"encryption", (*account).encryptionDiffers, (*account).encrypt},
	{"TLS", (*account).policyDiffers, (*account).requireTLS},
	{"old versions", (*account).lifecycleDiffers, (*account).expire},
}

// Look finds what would have to change, and changes nothing.
func Look(ctx context.Context, o Options) (Result, error) { return run(ctx, o, nil) }

// Apply changes what differs, in order, and says each before it is done.
func Apply(ctx context.Context, o Options, say func(Change)) (Result, error) {
	return run(ctx, o, say)
}

func run(ctx context.Context, o Options, say func(Change)) (Result, error) {
	a := &account{Options: o, kms: kms.NewFromConfig(o.AWS), s3: s3.NewFromConfig(o.AWS)}
	r := Result{Bucket: o.Bucket, Region: o.AWS.Region, Changes: []Change{}}
	for _, p := range parts {
		what, err := p.differs(a, ctx)
		if err != nil {
			return r, a.explain("looking at the "+p.name, err)
		}
		if what == "" {
			continue
		}
		change := Change{p.name, what}
		if say != nil {
			say(change)
			if err := p.make(a, ctx); err != nil {
				return r, a.explain("making the "+p.name, err)
			}
		}
		r.Changes = append(r.Changes, change)
	}
	r.Key = a.key
	return r, nil
}
