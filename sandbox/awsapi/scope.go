package awsapi

import (
	"net/http"
	"regexp"
)

// A credential scope is key/date/region/service/aws4_request.
var (
	signedHeader = regexp.MustCompile(`^AWS4-[A-Z0-9-]+ .*Credential=[^,\s]+/\d{8}/[^/,\s]+/([^/,\s]+)/aws4_request(,|\s|$)`)
	signedQuery  = regexp.MustCompile(`^[^\s]+/\d{8}/[^/\s]+/([^/\s]+)/aws4_request$`)
)

// SigningName is the service in a request's credential scope, empty without a signature.
func SigningName(r *http.Request) string {
	name, _ := signingName(r)
	return name
}

// signingName returns the service in a request's SigV4 credential scope,
// from the Authorization header or from a presigned query.
func signingName(r *http.Request) (string, error) {
	if m := signedHeader.FindStringSubmatch(r.Header.Get("Authorization")); m != nil {
		return m[1], nil
	}
	if m := signedQuery.FindStringSubmatch(r.URL.Query().Get("X-Amz-Credential")); m != nil {
		return m[1], nil
	}
	return "", &Error{
		Code:    "MissingAuthenticationToken",
		Message: "Request is missing Authentication Token",
		Status:  http.StatusForbidden,
	}
}
