package provider

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"

	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

var bucketForms = map[string]form{
	"aws:s3/bucketV2:BucketV2": {id: byName, outputs: func(o *operation) values {
		return values{
			"arn": bucketARN(o.id), "bucket": o.id, "bucketDomainName": o.id + ".s3.amazonaws.com", "region": string(o.Region),
			"bucketRegionalDomainName": fmt.Sprintf("%s.s3.%s.amazonaws.com", o.id, o.Region),
			"hostedZoneId":             "Z3AQBSTGFYJSTF", "requestPayer": "BucketOwner",
		}
	}},
	"aws:s3/bucketObjectv2:BucketObjectv2": {
		id: func(o *operation) string { return o.or("key", o.urn.Name()) },
		outputs: func(o *operation) values {
			return values{
				"arn": bucketARN(o.text("bucket")) + "/" + o.id, "contentType": "application/octet-stream",
				"etag": o.contentETag(), "storageClass": "STANDARD", "serverSideEncryption": "AES256",
			}
		},
		updated: func(o *operation, _ resource.Properties) values {
			return values{"etag": o.contentETag(), "versionId": ""}
		},
	},
	"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2":                       {id: input("bucket")},
	"aws:s3/bucketOwnershipControls:BucketOwnershipControls":                                     {id: input("bucket")},
	"aws:s3/bucketPolicy:BucketPolicy":                                                           {id: input("bucket")},
	"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock":                                     {id: input("bucket")},
	"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": {id: input("bucket")},
	"aws:s3/bucketVersioningV2:BucketVersioningV2":                                               {id: input("bucket")},
}

// bucketARN returns the ARN of a bucket, which has neither region nor account.
func bucketARN(bucket string) string { return "arn:" + naming.Partition + ":s3:::" + bucket }

// contentETag returns the ETag of an object that holds the input content.
func (o *operation) contentETag() string {
	sum := md5.Sum([]byte(o.text("content")))
	return hex.EncodeToString(sum[:])
}
