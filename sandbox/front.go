package sandbox

import (
	"net/http"
	"strings"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/codecommit"
	"slipway/sandbox/sigv4"
)

// consolePath is where the pages stand that the AWS console has for people.
const consolePath = "/console/"

// front is the one port of the sandbox that clients know: the calls of AWS's SDKs and CLI, git, the console's pages
// and, for every other path, S3.
func (s *services) front() http.Handler {
	calls := awsapi.NewIdentifyingHandler(s.log, s.caller, s.sts.API(), s.ecr.API(), s.ecs.API(), s.elbv2.API(), s.logs.API(),
		s.codecommit.API(), s.events.API(), s.codepipeline.API(), s.ssm.API(), s.kms.API())
	git, console, objects := s.codecommit.Handler(), s.console.Handler(), s.s3.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, HealthPath):
			w.WriteHeader(http.StatusOK)
		case strings.HasPrefix(r.URL.Path, codecommit.Path):
			git.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, consolePath):
			console.ServeHTTP(w, r)
		case r.URL.Path == "/" && r.Method == http.MethodPost:
			calls.ServeHTTP(w, r)
		default:
			objects.ServeHTTP(w, r)
		}
	})
}

// caller is who signed a request with the keys of a session. Other keys are not looked at: anybody may have them.
func (s *services) caller(r *http.Request) (awsapi.Caller, bool, error) {
	if !sigv4.OfSession(r) {
		return awsapi.Caller{}, false, nil
	}
	who, err := s.keys.Verify(r)
	if err != nil || who.Role == nil {
		return awsapi.Caller{}, false, err
	}
	return awsapi.Caller{ARN: who.Role.ARN(), UserID: who.Role.UserID()}, true, nil
}
