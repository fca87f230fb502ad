package sigv4

import (
	"net/http"

	"slipway/sandbox/awsapi"
)

func refused(code, message string) *awsapi.Error {
	return &awsapi.Error{Code: code, Message: message, Status: http.StatusForbidden}
}

func malformed(code, message string) *awsapi.Error {
	return &awsapi.Error{Code: code, Message: message, Status: http.StatusBadRequest}
}

func errAnonymous() error { return refused("AccessDenied", "Access Denied") }

func errUnknownKey() error {
	return refused("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
}

func errMismatch() error {
	return refused("SignatureDoesNotMatch",
		"The request signature we calculated does not match the signature you provided. Check your key and signing method.")
}

func errSkewed() error {
	return refused("RequestTimeTooSkewed", "The difference between the request time and the current time is too large.")
}

func errExpired() error {
	return malformed("ExpiredToken", "The provided token has expired.")
}

func errToken() error {
	return malformed("InvalidToken", "The provided token is malformed or otherwise invalid.")
}

func errPresignedExpired() error { return refused("AccessDenied", "Request has expired") }

func errAuthorization(what string) error {
	return malformed("AuthorizationHeaderMalformed", "The authorization header is malformed; "+what+".")
}

func errQuery(what string) error {
	return malformed("AuthorizationQueryParametersError", what)
}

// errBody is what reading a body ends with that is not the one that was signed.
func errBody() error {
	return malformed("XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.")
}

func errChunk(what string) error {
	return malformed("InvalidRequest", "The body in chunks is malformed; "+what+".")
}
