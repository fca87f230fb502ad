package s3

import "slipway/sandbox/resource"

var (
	_ resource.Behaviour = bucketBehaviour{}
	_ resource.Reader    = bucketBehaviour{}
	_ resource.Behaviour = versioningBehaviour{}
	_ resource.Behaviour = objectBehaviour{}
	_ resource.Reader    = objectBehaviour{}
)

// Behaviours are the resource types that this service makes real.
func (s *Service) Behaviours() map[string]resource.Behaviour {
	return map[string]resource.Behaviour{
		"aws:s3/bucketV2:BucketV2":                     bucketBehaviour{s},
		"aws:s3/bucketVersioningV2:BucketVersioningV2": versioningBehaviour{s},
		"aws:s3/bucketObjectv2:BucketObjectv2":         objectBehaviour{s},
	}
}
