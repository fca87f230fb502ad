package s3

import (
	"fmt"
	"net/http"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

func failure(status int, code, format string, args ...any) *awsapi.Error {
	return &awsapi.Error{Code: code, Message: fmt.Sprintf(format, args...), Status: status}
}

func errNoBucket() error {
	return failure(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist")
}

func errNoKey() error {
	return failure(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
}

func errNoVersion() error {
	return failure(http.StatusNotFound, "NoSuchVersion", "The specified version does not exist.")
}

func errNoUpload() error {
	return failure(http.StatusNotFound, "NoSuchUpload",
		"The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.")
}

func errDenied() error { return failure(http.StatusForbidden, "AccessDenied", "Access Denied") }

func errMethod() error {
	return failure(http.StatusMethodNotAllowed, "MethodNotAllowed", "The specified method is not allowed against this resource.")
}

func errPrecondition(header string) error {
	return failure(http.StatusPreconditionFailed, "PreconditionFailed",
		"At least one of the pre-conditions you specified did not hold (%s)", header)
}

func errNotHere(what string) error {
	return failure(http.StatusNotImplemented, "NotImplemented", "A header or query you provided implies functionality that is not implemented: %s", what)
}

func errArgument(format string, args ...any) error {
	return failure(http.StatusBadRequest, "InvalidArgument", format, args...)
}

func errXML() error {
	return failure(http.StatusBadRequest, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
}

func errNotEmpty() error {
	return failure(http.StatusConflict, "BucketNotEmpty",
		"The bucket you tried to delete is not empty. You must delete all versions in the bucket.")
}

// rightRegion is the header by which S3 tells the region of a bucket.
const rightRegion = "x-amz-bucket-region"

// errRegion is of a signature for another region (S3 API reference, "Error responses", AuthorizationHeaderMalformed, 2026-11).
func errRegion(signed string, right naming.Region) error {
	return failure(http.StatusBadRequest, "AuthorizationHeaderMalformed",
		"The authorization header is malformed; the region '%s' is wrong; expecting '%s'", signed, right)
}
