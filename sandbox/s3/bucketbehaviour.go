package s3

import (
	"context"
	"fmt"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

// bucketBehaviour is aws:s3/bucketV2:BucketV2. Its id is the name.
type bucketBehaviour struct{ *Service }

type bucketInputs struct {
	Name       string `json:"bucket"`
	Prefix     string `json:"bucketPrefix"`
	Force      bool   `json:"forceDestroy"`
	Versioning []struct {
		Enabled bool `json:"enabled"`
	} `json:"versionings"`
}

func (b bucketBehaviour) Create(_ context.Context, in resource.Properties) (string, resource.Properties, error) {
	var args bucketInputs
	if err := resource.Decode(in, &args); err != nil {
		return "", nil, err
	}
	if args.Name == "" {
		args.Name = args.Prefix + naming.Hex(26)
	}
	made := bucket{Name: args.Name, Force: args.Force}
	if len(args.Versioning) > 0 && args.Versioning[0].Enabled {
		made.Versioning = versioned
	}
	if err := b.createBucket(made); err != nil {
		return "", nil, err
	}
	out, err := b.outputs(args.Name)
	return args.Name, out, err
}

func (b bucketBehaviour) Update(_ context.Context, id string, in resource.Properties) (resource.Properties, error) {
	var args bucketInputs
	if err := resource.Decode(in, &args); err != nil {
		return nil, err
	}
	err := b.changeBucket(id, func(kept *bucket) {
		kept.Force = args.Force
		if len(args.Versioning) > 0 {
			kept.Versioning = suspended
			if args.Versioning[0].Enabled {
				kept.Versioning = versioned
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return b.outputs(id)
}

// Delete removes the bucket, with its objects where forceDestroy was set by an update before.
func (b bucketBehaviour) Delete(_ context.Context, id string) error {
	kept, found, err := b.buckets.Get(id)
	if err != nil || !found {
		return err
	}
	return b.deleteBucket(id, kept.Force)
}

func (b bucketBehaviour) Read(_ context.Context, id string) (resource.Properties, bool, error) {
	_, found, err := b.buckets.Get(id)
	if err != nil || !found {
		return nil, false, err
	}
	out, err := b.outputs(id)
	return out, true, err
}

func (b bucketBehaviour) outputs(name string) (resource.Properties, error) {
	return resource.Encode(map[string]any{
		"arn": arn(name), "bucket": name, "region": string(b.region), "bucketDomainName": name + ".s3.amazonaws.com",
		"bucketRegionalDomainName": fmt.Sprintf("%s.s3.%s.amazonaws.com", name, b.region),
	})
}

// arn is that of a bucket, or of an object behind its bucket; it has neither region nor account.
func arn(path string) string { return "arn:" + naming.Partition + ":s3:::" + path }

// versioningBehaviour is aws:s3/bucketVersioningV2:BucketVersioningV2. Its id is the bucket's name.
type versioningBehaviour struct{ *Service }

func (b versioningBehaviour) Create(_ context.Context, in resource.Properties) (string, resource.Properties, error) {
	var args struct{ Bucket string }
	if err := resource.Decode(in, &args); err != nil {
		return "", nil, err
	}
	if err := b.apply(args.Bucket, in); err != nil {
		return "", nil, err
	}
	return args.Bucket, resource.Properties{}, nil
}

func (b versioningBehaviour) Update(_ context.Context, id string, in resource.Properties) (resource.Properties, error) {
	if err := b.apply(id, in); err != nil {
		return nil, err
	}
	return resource.Properties{}, nil
}

func (b versioningBehaviour) apply(name string, in resource.Properties) error {
	var args struct {
		Configuration struct {
			Status    string `json:"status"`
			MFADelete string `json:"mfaDelete"`
		} `json:"versioningConfiguration"`
	}
	if err := resource.Decode(in, &args); err != nil {
		return err
	}
	state, err := b.bucket(name)
	switch {
	case err != nil:
		return err
	case args.Configuration.MFADelete == versioned:
		return errNotHere("MfaDelete")
	case args.Configuration.Status != "Disabled":
		return b.setVersioning(name, args.Configuration.Status)
	case state.Versioning != "":
		return awsapi.Errorf("InvalidBucketState", "versioning of %s was enabled before and can only be %s", name, suspended)
	}
	return nil
}

// Delete suspends the versions of a bucket that has them.
func (b versioningBehaviour) Delete(_ context.Context, id string) error {
	kept, found, err := b.buckets.Get(id)
	if err != nil || !found || kept.Versioning == "" {
		return err
	}
	return b.setVersioning(id, suspended)
}
