package sigv4

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	timeFormat = "20060102T150405Z"
	// skew is how far a request's time may be from ours.
	skew = 15 * time.Minute
	// longest is how long a presigned URL may be valid.
	longest = 7 * 24 * time.Hour
)

// signature is what a request says about how it is signed.
type signature struct {
	keyID, date, region, service string
	headers                      []string // names, lower case
	signature                    string
	at                           time.Time
	token                        string
	presigned                    bool
	expires                      time.Duration // of a presigned URL
}

var (
	authorization = regexp.MustCompile(`^` + algorithm + `\s+Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$`)
	credential    = regexp.MustCompile(`^([^/\s]+)/(\d{8})/([^/\s]+)/([^/\s]+)/aws4_request$`)
)

// parse finds the signature in a request's Authorization header or query.
func parse(r *http.Request) (signature, error) {
	header := r.Header.Get("Authorization")
	query := r.URL.Query()
	switch {
	case strings.HasPrefix(header, "AWS "), query.Has("AWSAccessKeyId"):
		return signature{}, malformed("InvalidRequest",
			"The authorization mechanism you have provided is not supported. Please use "+algorithm+".")
	case header != "":
		return parseHeader(header, r.Header)
	case query.Has("X-Amz-Algorithm"):
		return parseQuery(query)
	}
	return signature{}, errAnonymous()
}

func parseHeader(text string, h http.Header) (s signature, err error) {
	m := authorization.FindStringSubmatch(text)
	if m == nil {
		return s, errAuthorization("only " + algorithm + " with Credential, SignedHeaders and Signature is understood")
	}
	if !s.credential(m[1]) {
		return s, errAuthorization("the Credential is not key/date/region/service/aws4_request")
	}
	s.headers, s.signature, s.token = strings.Split(m[2], ";"), m[3], h.Get("X-Amz-Security-Token")
	if s.at, err = time.Parse(timeFormat, h.Get("X-Amz-Date")); err != nil {
		if s.at, err = http.ParseTime(h.Get("Date")); err != nil {
			return s, refused("AccessDenied", "AWS authentication requires a valid Date or x-amz-date header")
		}
	}
	return s, nil
}

func parseQuery(q url.Values) (s signature, err error) {
	s.presigned = true
	if q.Get("X-Amz-Algorithm") != algorithm {
		return s, errQuery("X-Amz-Algorithm only supports \"" + algorithm + "\"")
	}
	if !s.credential(q.Get("X-Amz-Credential")) {
		return s, errQuery("Error parsing the X-Amz-Credential parameter; it is not key/date/region/service/aws4_request.")
	}
	if s.at, err = time.Parse(timeFormat, q.Get("X-Amz-Date")); err != nil {
		return s, errQuery("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
	}
	seconds, err := strconv.Atoi(q.Get("X-Amz-Expires"))
	if s.expires = time.Duration(seconds) * time.Second; err != nil || s.expires < 0 || s.expires > longest {
		return s, errQuery("X-Amz-Expires must be a number of seconds up to a week")
	}
	s.headers, s.signature = strings.Split(q.Get("X-Amz-SignedHeaders"), ";"), q.Get("X-Amz-Signature")
	s.token = q.Get("X-Amz-Security-Token")
	return s, nil
}

// credential reads a credential scope.
func (s *signature) credential(text string) bool {
	m := credential.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	s.keyID, s.date, s.region, s.service = m[1], m[2], m[3], m[4]
	return true
}

// checkTime refuses a request that is too old or too new.
func (s signature) checkTime(now time.Time) error {
	if s.date != s.at.UTC().Format("20060102") {
		return errMismatch()
	}
	age := now.Sub(s.at)
	switch {
	case s.presigned && age > s.expires:
		return errPresignedExpired()
	case age < -skew, !s.presigned && age > skew:
		return errSkewed()
	}
	return nil
}
