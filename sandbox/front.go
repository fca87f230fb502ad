package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/codecommit"
	"slipway/sandbox/local"
	"slipway/sandbox/naming"
)

// consolePath is where the pages stand that the AWS console has for people.
const consolePath = "/console/"

// front is the one port of the sandbox that clients know: git, the console's pages, and calls of AWS's SDKs and CLI, of
// which the signature says to what service they go.
func (s *services) front() http.Handler {
	calls := awsapi.NewIdentifyingHandler(s.log, s.caller, s.apis()...)
	git, console, objects := s.codecommit.Handler(), s.console.Handler(), s.s3.Handler()
	return local.Hosts(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		service := awsapi.SigningName(r)
		switch {
		case strings.HasPrefix(r.URL.Path, HealthPath):
			w.WriteHeader(http.StatusOK)
		case strings.HasPrefix(r.URL.Path, codecommit.Path) && service == "":
			git.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, consolePath) && service == "":
			console.ServeHTTP(w, r)
		case service == "" && r.URL.Path == "/" && strings.Contains(r.Header.Get("Accept"), "text/html"):
			http.Redirect(w, r, consolePath, http.StatusSeeOther)
		case service == "s3", service == "" && !(r.URL.Path == "/" && r.Method == http.MethodPost):
			objects.ServeHTTP(w, r)
		default:
			calls.ServeHTTP(w, r)
		}
	}))
}

// apis are the services whose calls name an action.
func (s *services) apis() (all []awsapi.Service) {
	for _, one := range those[interface{ API() awsapi.Service }](s) {
		all = append(all, one.API())
	}
	return all
}

// global are the services without regions: their calls are signed for us-east-1, wherever the caller is (AWS general
// reference, "Service endpoints", 2026-11).
var global = []string{"cloudfront", "iam", "organizations", "route53", "sts"}

// caller is who signed a request, for this region.
func (s *services) caller(r *http.Request) (awsapi.Caller, error) {
	who, err := s.keys.Verify(r)
	if err != nil {
		return awsapi.Caller{}, err
	}
	everywhere := slices.Contains(global, awsapi.SigningName(r)) && who.Region == "us-east-1"
	if who.Region != string(s.config.Region) && !everywhere {
		return awsapi.Caller{}, &awsapi.Error{Code: awsapi.WrongRegion, Message: fmt.Sprintf(
			"Credential should be scoped to a valid region, not '%s'. This sandbox is %s.", who.Region, s.config.Region)}
	}
	if err := s.authority.request(who, r); err != nil {
		return awsapi.Caller{}, err
	}
	if who.Role != nil {
		return awsapi.Caller{ARN: who.Role.ARN(), UserID: who.Role.UserID()}, nil
	}
	return awsapi.Caller{ARN: naming.CallerARN, UserID: naming.CallerID}, nil
}
