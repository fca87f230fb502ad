package awsapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
)

// Caller is who makes a call.
type Caller struct {
	ARN    string // arn:aws:sts::000000000000:assumed-role/role/session, or a user's
	UserID string // AROA…:session, or AIDA…
}

// Identify returns who signed a request, or an *Error for credentials that do not hold. It leaves the request's body to
// be read again.
type Identify func(r *http.Request) (Caller, error)

// NotAuthorized is the code by which Identify refuses what IAM does not let the caller do.
const NotAuthorized = "NotAuthorized"

// WrongRegion is the code by which Identify refuses a request that was signed for a region other than the sandbox's.
const WrongRegion = "WrongRegion"

type callerKey struct{}

// CallerOf returns who makes the call that an action answers, false behind a handler that identifies nobody.
func CallerOf(ctx context.Context) (Caller, bool) {
	c, known := ctx.Value(callerKey{}).(Caller)
	return c, known
}

// NewIdentifyingHandler answers requests to all the services like NewHandler, and refuses those whose credentials do
// not hold.
func NewIdentifyingHandler(log *slog.Logger, identify Identify, services ...Service) http.Handler {
	return &handler{log: log, services: services, identify: identify}
}

// identified returns the request with its caller in the context.
func (h *handler) identified(r *http.Request) (*http.Request, error) {
	if h.identify == nil {
		return r, nil
	}
	caller, err := h.identify(r)
	if err != nil {
		return r, err
	}
	return r.WithContext(context.WithValue(r.Context(), callerKey{}, caller)), nil
}

// refusals are what the two protocols call the reasons why S3's words refuse credentials. The status is 403 (IAM API
// reference, "Common Error Types", 2026-11).
var refusals = map[string]struct{ json, query, message string }{
	"InvalidAccessKeyId":    {"UnrecognizedClientException", "InvalidClientTokenId", "The security token included in the request is invalid."},
	"InvalidToken":          {"UnrecognizedClientException", "InvalidClientTokenId", "The security token included in the request is invalid."},
	"ExpiredToken":          {"ExpiredTokenException", "ExpiredToken", "The security token included in the request is expired"},
	"SignatureDoesNotMatch": {"InvalidSignatureException", "SignatureDoesNotMatch", ""},
	"RequestTimeTooSkewed":  {"InvalidSignatureException", "SignatureDoesNotMatch", ""},
	"AccessDenied":          {"InvalidSignatureException", "SignatureDoesNotMatch", ""}, // of a date that is none, or a link's end
	"InvalidRequest":        {"IncompleteSignatureException", "IncompleteSignature", ""},
	NotAuthorized:           {"AccessDeniedException", "AccessDenied", ""},
	WrongRegion:             {"InvalidSignatureException", "SignatureDoesNotMatch", ""},

	"AuthorizationHeaderMalformed":      {"IncompleteSignatureException", "IncompleteSignature", ""},
	"AuthorizationQueryParametersError": {"IncompleteSignatureException", "IncompleteSignature", ""},
}

// refusal returns an error of Identify in the words of a protocol.
func refusal(p Protocol, err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	words, known := refusals[e.Code]
	if !known {
		return err
	}
	refused := &Error{Code: words.json, Message: words.message, Status: http.StatusForbidden}
	switch {
	case p == Query:
		refused.Code = words.query
	case e.Code == NotAuthorized:
		refused.Status = http.StatusBadRequest
	}
	if refused.Message == "" {
		refused.Message = e.Message
	}
	return refused
}
