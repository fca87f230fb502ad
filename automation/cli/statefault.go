package cli

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"time"

	"slipway/automation/cloud"
	"slipway/automation/engine"
	"slipway/automation/fault"
)

// askCaller is how long AWS may take to say whose the credentials are, when that is only a line of an error.
const askCaller = 5 * time.Second

func noPassphrase(e *engine.NoPassphrase) error {
	next := "export PULUMI_CONFIG_PASSPHRASE_FILE=FILE (or PULUMI_CONFIG_PASSPHRASE) with the passphrase of this stack"
	if e.New {
		next = "set slipway:secretsProvider in Pulumi.yaml to a KMS key: awskms:///ARN?region=REGION&awssdk=v2\n" +
			"or export PULUMI_CONFIG_PASSPHRASE_FILE=FILE (or PULUMI_CONFIG_PASSPHRASE) with a passphrase"
	}
	return &fault.Error{Op: "looking for what encrypts the secrets of stack " + e.Stack, Cause: e.Error(), Next: next, Code: fault.NotReady}
}

// remedies are what to do about AWS's refusals, by a part of their code.
var remedies = []struct{ code, cause, next string }{
	{"ExpiredToken", "the AWS credentials have expired", "renew them (such as: aws sso login), then run the same command again"},
	{"RequestExpired", "the AWS credentials have expired, or this machine's clock is wrong", "renew them, then run the same command again"},
	{engine.NoCredentials, "there are no AWS credentials", "set AWS_PROFILE, or: aws configure"},
	{"UnrecognizedClient", "AWS does not know these credentials", "aws sts get-caller-identity"},
	{"InvalidAccessKeyId", "AWS does not know these credentials", "aws sts get-caller-identity"},
	{"AccessDenied", "the caller may not use it", "grant the caller kms:Encrypt and kms:Decrypt on the key, and on a bucket s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject; the resource's own policy must not deny them"},
	{"Disabled", "the key is disabled", "aws kms enable-key --key-id KEY"},
	{"KMSInvalidState", "the key is in no state to be used, such as pending deletion", "aws kms describe-key --key-id KEY; aws kms cancel-key-deletion --key-id KEY"},
	{"NotFound", "there is no such key in this account and region", "check slipway:secretsProvider and the region in it"},
	{"NoSuchBucket", "there is no such bucket", "check backend.url of Pulumi.yaml and PULUMI_BACKEND_URL"},
	{"PermanentRedirect", "the bucket is in another region", "name its region in the URL: s3://BUCKET?region=REGION&awssdk=v2"},
	{"AuthorizationHeaderMalformed", "the bucket is in another region", "name its region in the URL: s3://BUCKET?region=REGION&awssdk=v2"},
	{"", "AWS refused it", ""},
}

// stateRefused explains why neither state nor secrets of a stack can be read: which key or bucket, and for whom.
func stateRefused(e *engine.Refused) error {
	op, what := "opening the state backend for stack "+e.Stack, "backend  "+e.URL
	if e.Service == "KMS" {
		op, what = "using the KMS key of the secrets of stack "+e.Stack, "key      "+keyOf(e.URL)
	}
	explained := &fault.Error{Op: op, Code: fault.NotReady, Evidence: []string{what, "region   " + regionOf(e.URL)}}
	for _, remedy := range remedies {
		if strings.Contains(e.Code, remedy.code) {
			explained.Cause, explained.Next = remedy.cause, strings.ReplaceAll(remedy.next, "KEY", keyOf(e.URL))
			break
		}
	}
	if who := callerOf(e.Message); who != "" {
		explained.Evidence = append(explained.Evidence, "caller   "+who)
	}
	explained.Evidence = append(explained.Evidence, e.Service+"      "+e.Operation+": "+e.Code+": "+e.Message)
	return explained
}

// keyOf is the key in a secrets provider's URL, awskms:///ARN?… or awskms://alias/NAME?….
func keyOf(provider string) string {
	u, err := url.Parse(provider)
	if err != nil {
		return provider
	}
	return strings.TrimPrefix(u.Host+u.Path, "/")
}

// regionOf is the region in a URL; without one it is that of the environment.
func regionOf(text string) string {
	if u, err := url.Parse(text); err == nil && u.Query().Get("region") != "" {
		return u.Query().Get("region")
	}
	if at, err := cloud.New(context.Background(), cloud.Place{}); err == nil {
		return at.Region
	}
	return "none"
}

var notAuthorized = regexp.MustCompile(`User: (\S+) is not authorized`)

// callerOf is who AWS says the caller is, in the refusal or when it is asked; empty when it does not answer.
func callerOf(message string) string {
	if found := notAuthorized.FindStringSubmatch(message); found != nil {
		return found[1]
	}
	ctx, cancel := context.WithTimeout(context.Background(), askCaller)
	defer cancel()
	at, err := cloud.New(ctx, cloud.Place{})
	if err != nil {
		return ""
	}
	who, err := at.Identity(ctx)
	if err != nil {
		return ""
	}
	return who.ARN
}
