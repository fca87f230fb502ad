package ecr

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"slipway/sandbox/naming"
)

// target is a request's path taken apart: /v2/<repository>/<kind>/<reference>.
var target = regexp.MustCompile(`^/v2/(.+)/(manifests|blobs|tags|referrers)/(.+)$`)

// ServeHTTP is the registry as docker sees it: login first, then only repositories that exist.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.allowed(r) && !s.signed(r) {
		w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Basic realm="%s/",service="ecr.amazonaws.com"`, s.endpoint()))
		http.Error(w, "Not Authorized", http.StatusUnauthorized)
		return
	}
	if strings.TrimSuffix(r.URL.Path, "/") == "/v2" {
		s.storage.ServeHTTP(w, r)
		return
	}
	m := target.FindStringSubmatch(r.URL.Path)
	if m == nil {
		refuse(w, http.StatusNotFound, "UNSUPPORTED", "The operation is unsupported.")
		return
	}
	name, kind, reference := m[1], m[2], m[3]
	if _, err := s.repository(name); err != nil {
		refuse(w, http.StatusNotFound, "NAME_UNKNOWN", noRepositoryMessage(name))
		return
	}
	switch {
	case r.Method == http.MethodPut && kind == "manifests":
		s.putManifest(w, r, name, reference)
	case r.Method == http.MethodDelete && kind == "manifests":
		refuse(w, http.StatusMethodNotAllowed, "UNSUPPORTED", "Images are deleted by BatchDeleteImage.")
	default:
		s.storage.ServeHTTP(w, r)
	}
}

func (s *Service) allowed(r *http.Request) bool {
	name, password, ok := r.BasicAuth()
	return ok && name == user && subtle.ConstantTimeCompare([]byte(password), []byte(s.token)) == 1
}

// Auth returns the login for an image of this registry; ok is false for an image of another.
func (s *Service) Auth(image string) (username, password string, ok bool) {
	if !strings.HasPrefix(image, s.Addr()+"/") {
		return "", "", false
	}
	return user, s.token, true
}

func (s *Service) endpoint() string { return "http://" + s.Addr() }

func (s *Service) url(repository string) string { return s.Addr() + "/" + repository }

// refuse answers in the form of the OCI distribution specification.
func refuse(w http.ResponseWriter, status int, code, message string) {
	type entry struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Docker-Distribution-Api-Version", "registry/2.0")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string][]entry{"errors": {{code, message}}})
}

func noRepositoryMessage(name string) string {
	return fmt.Sprintf("The repository with name '%s' does not exist in the registry with id '%s'", name, naming.Account)
}
