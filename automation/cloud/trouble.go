package cloud

import (
	"errors"
	"slices"
	"strings"

	"github.com/aws/smithy-go"
)

// sign is how a trouble shows.
type sign struct {
	codes, words []string
	Trouble
}

func (s sign) in(text string) bool {
	return slices.ContainsFunc(s.words, func(word string) bool { return strings.Contains(text, word) })
}

// Trouble is what is wrong with credentials or region, in words, and what to type.
type Trouble struct {
	Expired     bool // the same command goes on once there are new credentials
	Cause, Next string
}

// troubles are known by a code of AWS or by words of the SDK, of Pulumi's AWS provider or of its state backend.
var troubles = []sign{
	{
		[]string{"ExpiredToken", "ExpiredTokenException", "RequestExpired"},
		[]string{"ExpiredToken", "security token included in the request is expired", "token has expired"},
		Trouble{true, "the AWS credentials have expired",
			"get new ones (aws sso login, or the way these came), then run the same command again: it goes on from where this one stopped"},
	},
	{
		nil,
		[]string{"no EC2 IMDS role found", "failed to refresh cached credentials", "No valid credential sources found", "NoCredentialProviders", "static credentials are empty"},
		Trouble{false, "there are no AWS credentials",
			"aws sso login --profile NAME and export AWS_PROFILE=NAME, or export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"},
	},
	{
		[]string{"InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "InvalidAccessKeyId", "AuthFailure"},
		[]string{"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"},
		Trouble{false, "AWS does not accept the credentials, or the region is not enabled in their account",
			"aws sts get-caller-identity shows whose they are; export AWS_PROFILE=NAME for others, or AWS_REGION for another region"},
	},
	{
		nil,
		[]string{"no region is set", "Missing region", "missing AWS region", "MissingRegion", "Invalid AWS Region", "invalid AWS Region"},
		Trouble{false, "no valid AWS region is set", "export AWS_REGION=us-east-1, or set aws:region in the stack's file or region in the profile"},
	},
	{
		nil,
		[]string{".amazonaws.com: no such host", ".amazonaws.com on "},
		Trouble{false, "the name of AWS's endpoint does not resolve: the region does not exist, or there is no network",
			"check AWS_REGION and aws:region (aws ec2 describe-regions --all-regions lists them), and the network"},
	},
}

// TroubleOf finds trouble with credentials or region in an error of the SDK: by its code, or by the SDK's own words.
func TroubleOf(err error) (Trouble, bool) {
	var api smithy.APIError
	for _, t := range troubles {
		switch {
		case errors.As(err, &api):
			if slices.Contains(t.codes, api.ErrorCode()) {
				return t.Trouble, true
			}
		case err != nil && t.in(err.Error()):
			return t.Trouble, true
		}
	}
	return Trouble{}, false
}

// TroubleIn finds it in what Pulumi's engine said.
func TroubleIn(text string) (Trouble, bool) {
	for _, t := range troubles {
		if t.in(text) {
			return t.Trouble, true
		}
	}
	return Trouble{}, false
}
