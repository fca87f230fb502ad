// Package s3 is S3 for the sandbox: buckets with versions, objects in files, path-style requests with their
// signatures checked. Nothing is encrypted here, but a key of KMS that cannot be used refuses its objects. What buckets
// say of policies is kept and does nothing: keys alone decide who may do what. Of lifecycles, replaced versions expire.
package s3

import (
	"context"
	"io"
	"log/slog"
	"os"
	"sync"

	"github.com/jonboulle/clockwork"

	"slipway/sandbox/naming"
	"slipway/sandbox/sigv4"
	"slipway/sandbox/store"
)

// Options are the settings of a Service.
type Options struct {
	Dir  string      // the folder that objects are in; it is made when missing
	Keys *sigv4.Keys // of those who send requests
	// Encryption is asked for the keys that objects are encrypted with; nil means that there is no KMS.
	Encryption Encryption
	// Authorize decides the requests of roles' sessions; nil lets them do everything.
	Authorize Authorize
	Clock     clockwork.Clock // nil means the real one
	Log       *slog.Logger    // nil means nowhere
}

// Service is S3 in one sandbox.
type Service struct {
	region     naming.Region
	keys       *sigv4.Keys
	encryption Encryption
	authorize  Authorize
	clock      clockwork.Clock
	log        *slog.Logger
	files      *os.Root // the folder that objects are in
	buckets    *store.Table[bucket]
	objects    *store.Table[object]
	uploads    *store.Table[upload]
	mu         sync.RWMutex // over the tables and which files are there
}

// New opens the buckets in the store and the folder, rid of files that no object has.
func New(st *store.Store, region naming.Region, o Options) (*Service, error) {
	s := &Service{region: region, keys: o.Keys, encryption: o.Encryption, authorize: o.Authorize, clock: o.Clock, log: o.Log}
	if s.clock == nil {
		s.clock = clockwork.NewRealClock()
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if s.buckets, err = store.NewTable[bucket](st, "s3.buckets"); err != nil {
		return nil, err
	}
	if s.objects, err = store.NewTable[object](st, "s3.objects"); err != nil {
		return nil, err
	}
	if s.uploads, err = store.NewTable[upload](st, "s3.uploads"); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, err
	}
	if s.files, err = os.OpenRoot(o.Dir); err != nil {
		return nil, err
	}
	return s, s.sweep()
}

// Put writes an object and returns its ETag without quotes. An *awsapi.Error says that the bucket is missing.
func (s *Service) Put(ctx context.Context, bucket, key string, r io.Reader) (etag string, err error) {
	v, err := s.put(ctx, bucket, key, r, -1, attributes{}, conditions{})
	return v.ETag, err
}

// Get opens the newest version of an object and returns its size in bytes. An *awsapi.Error says what is missing.
func (s *Service) Get(_ context.Context, bucket, key string) (body io.ReadCloser, size int64, err error) {
	f, v, err := s.open(bucket, key, "")
	if err != nil {
		return nil, 0, err
	}
	return f, v.Size, nil
}

// Delete removes an object; in a bucket with versions it puts a delete marker. A missing one is no error.
func (s *Service) Delete(_ context.Context, bucket, key string) error {
	_, err := s.remove(bucket, key, "", "")
	return err
}
