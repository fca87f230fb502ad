// Package metadata answers what a process on an instance asks of EC2's instance metadata service, version 2: a session
// token first, then who and where the instance is, and the temporary credentials of its role.
//
// The rules are those of the EC2 user guide, "Use the Instance Metadata Service to access instance metadata" and
// "Retrieve security credentials from instance metadata", as of November 2026.
package metadata

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/jonboulle/clockwork"
)

// Instance is what the service says of the instance.
type Instance struct {
	ID           string    `json:"instanceId"`
	Type         string    `json:"instanceType"`
	Image        string    `json:"imageId"`
	Account      string    `json:"accountId"`
	Region       string    `json:"region"`
	Zone         string    `json:"availabilityZone"`
	Architecture string    `json:"architecture"` // x86_64 or arm64
	PrivateIP    string    `json:"privateIp"`
	Launched     time.Time `json:"pendingTime"`
	HostName     string    `json:"-"`
	Profile      string    `json:"-"` // ARN of the instance profile; empty for an instance without one
	Optional     bool      `json:"-"` // whether version 1, without a session token, is answered too
}

// Credentials are temporary keys of the instance's role.
type Credentials struct {
	AccessKeyID     string
	SecretAccessKey string
	SessionToken    string
	Expires         time.Time
}

// Role is the role of the instance's profile.
type Role struct {
	Name string
	// Assume makes credentials that hold as long as ttl.
	Assume func(ttl time.Duration) (Credentials, error)
}

// Options are what the service has around it.
type Options struct {
	Instance Instance
	// Role returns the role as it is now, false for an instance without one.
	Role  func(context.Context) (Role, bool, error)
	Clock clockwork.Clock // nil means the real one
}

// Service is the metadata service of one instance.
type Service struct {
	Options
	tokens tokens
	keys   keys
}

// New returns the service.
func New(o Options) *Service {
	if o.Clock == nil {
		o.Clock = clockwork.NewRealClock()
	}
	return &Service{Options: o, tokens: newTokens(o.Clock)}
}

// ServeHTTP answers below /latest/.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == tokenPath && r.Method == http.MethodPut:
		s.tokens.give(w, r)
		return
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	if !s.tokens.holds(r.Header.Get(tokenHeader)) && !(s.Instance.Optional && r.Header.Get(tokenHeader) == "") {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	text, found, err := s.read(r.Context(), r.URL.Path)
	switch {
	case err != nil:
		w.WriteHeader(http.StatusInternalServerError)
	case !found:
		w.WriteHeader(http.StatusNotFound)
	default:
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, text) // a client that has gone needs no answer
	}
}
