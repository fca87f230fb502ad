package sandbox

import (
	"net/http"
	"strings"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/codecommit"
)

// consolePath is where the pages stand that the AWS console has for people.
const consolePath = "/console/"

// front is the one port of the sandbox that clients know: the calls of AWS's SDKs and CLI, git, the console's pages
// and, for every other path, S3.
func (s *services) front() http.Handler {
	calls := awsapi.NewHandler(s.log, s.sts.API(), s.ecr.API(), s.ecs.API(), s.elbv2.API(), s.logs.API(),
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
