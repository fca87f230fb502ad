package pipeline

import (
	"errors"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

// lost is how many looks in a row may go wrong, each tried again by the SDK before.
const lost = 5

// passing says whether the next look may work: the endpoint was away or asked for patience. What it refuses, as a
// pipeline that is not there, it refuses again.
func passing(err error) bool {
	var refused smithy.APIError
	if errors.As(err, &refused) {
		if _, throttled := retry.DefaultThrottleErrorCodes[refused.ErrorCode()]; throttled {
			return true
		}
	}
	var answer *awshttp.ResponseError
	return !errors.As(err, &answer) || answer.HTTPStatusCode() >= http.StatusInternalServerError
}
