package bootstrap

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// document is a bucket policy, of which other statements than ours are kept as they are.
type document struct {
	Version   string
	ID        string `json:"Id,omitempty"`
	Statement []json.RawMessage
}

func (a *account) policyDiffers(ctx context.Context) (string, error) {
	const what = "refuse requests without TLS"
	if !a.exists {
		return what, nil
	}
	policy, err := a.policy(ctx)
	if err != nil {
		return "", err
	}
	for _, raw := range policy.Statement {
		if deniesPlain(raw) {
			return "", nil
		}
	}
	return what, nil
}

// deniesPlain says whether a statement denies everybody everything that does not come by TLS.
func deniesPlain(raw json.RawMessage) bool {
	var s struct {
		Effect    string
		Action    any
		Condition map[string]map[string]any
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		return false
	}
	return s.Effect == "Deny" && strings.Contains(fmt.Sprint(s.Action), "s3:*") && fmt.Sprint(s.Condition["Bool"]["aws:SecureTransport"]) == "false"
}

func (a *account) policy(ctx context.Context) (document, error) {
	policy := document{Version: "2012-10-17"}
	out, err := a.s3.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: &a.Bucket, ExpectedBucketOwner: &a.Account})
	if err != nil {
		return policy, unless(err, "NoSuchBucketPolicy")
	}
	if err := json.Unmarshal([]byte(aws.ToString(out.Policy)), &policy); err != nil {
		return policy, fmt.Errorf("reading the policy of the bucket %s: %w", a.Bucket, err)
	}
	return policy, nil
}

func (a *account) requireTLS(ctx context.Context) error {
	policy, err := a.policy(ctx)
	if err != nil {
		return err
	}
	bucket := "arn:" + partition(a.key) + ":s3:::" + a.Bucket
	ours, err := json.Marshal(map[string]any{
		"Sid": "OnlyTLS", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": []string{bucket, bucket + "/*"},
		"Condition": map[string]any{"Bool": map[string]string{"aws:SecureTransport": "false"}},
	})
	if err != nil {
		return err
	}
	policy.Statement = append(policy.Statement, ours)
	text, err := json.Marshal(policy)
	if err != nil {
		return err
	}
	_, err = a.s3.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{
		Bucket: &a.Bucket, ExpectedBucketOwner: &a.Account, Policy: aws.String(string(text)),
	})
	return err
}

// partition is the second part of an ARN.
func partition(arn string) string { return strings.Split(arn, ":")[1] }
