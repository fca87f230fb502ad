package engine

import (
	"fmt"
	"regexp"
)

// Refused is the error when AWS refused what pulumi asked of the state backend (S3) or of the key of the stack's
// secrets (KMS), before the operation itself began.
type Refused struct {
	Stack     string
	Doing     string // "updating", "creating", …
	Service   string // "KMS" or "S3"
	Operation string // "Decrypt", "ListObjectsV2", …
	Code      string // "AccessDeniedException", …; NoCredentials when there were none to ask with
	Message   string // AWS's sentence
	URL       string // of the secrets provider, or of the backend
	Err       error
}

// NoCredentials is the code of a Refused that never reached AWS.
const NoCredentials = "NoCredentials"

func (e *Refused) Error() string {
	return fmt.Sprintf("%s stack %s: %s answers %s with %s: %s", e.Doing, e.Stack, e.Service, e.Operation, e.Code, e.Message)
}

// Unwrap gives what the Automation API said.
func (e *Refused) Unwrap() error { return e.Err }

// awsError is how version 2 of AWS's SDK for Go writes the refusal of a service.
var awsError = regexp.MustCompile(`operation error (KMS|S3): (\w+), (?:exceeded maximum number of attempts, \d+, )?` +
	`https response error StatusCode: \d+, RequestID: [^,]*, (?:HostID: [^,]*, )?(?:api error )?(\w+): ([^\n]*)`)

// noCredentials is how it writes that it found no credentials.
var noCredentials = regexp.MustCompile(`operation error (KMS|S3): (\w+), get identity: (get credentials: [^\n]*)`)

// refusedBy returns the refusal that made an operation fail, or nil when it was something else.
func (s *Stack) refusedBy(doing string, err error) *Refused {
	r := &Refused{Stack: s.name, Doing: doing, Err: err}
	if found := awsError.FindStringSubmatch(err.Error()); found != nil {
		r.Service, r.Operation, r.Code, r.Message = found[1], found[2], found[3], found[4]
	} else if found := noCredentials.FindStringSubmatch(err.Error()); found != nil {
		r.Service, r.Operation, r.Code, r.Message = found[1], found[2], NoCredentials, found[3]
	} else {
		return nil
	}
	if r.Service == "KMS" {
		r.URL = s.provider()
	} else {
		r.URL, _ = s.dir.project.Backend()
	}
	return r
}

// provider is the URL of what encrypts the stack's secrets: the state's, or of a new stack the one it gets.
func (s *Stack) provider() string {
	if known := s.dir.secrets.State.URL; known != "" {
		return known
	}
	return s.secrets.Provider
}
