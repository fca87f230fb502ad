package codecommit

import (
	"errors"
	"log"
	"net/http"
	"net/http/cgi"
	"strings"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

// Path is what the URLs of repositories begin with on the endpoint.
const Path = "/v1/repos/"

// Handler serves git's smart HTTP protocol below Path.
func (s *Service) Handler() http.Handler { return http.HandlerFunc(s.serve) }

// operations are what git calls of a repository, with the method.
var operations = map[string]string{
	"info/refs": http.MethodGet, "git-upload-pack": http.MethodPost, "git-receive-pack": http.MethodPost,
}

func (s *Service) serve(w http.ResponseWriter, r *http.Request) {
	name, operation, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, Path), "/")
	if err := s.admit(r, name); err != nil {
		refuse(w, err)
		return
	}
	repo, err := s.find(name)
	if err != nil {
		refuse(w, err)
		return
	}
	switch method, known := operations[operation]; {
	case !known, operation == "info/refs" && !strings.HasPrefix(r.URL.Query().Get("service"), "git-"):
		http.Error(w, "only git's smart HTTP protocol is served here", http.StatusNotFound)
		return
	case r.Method != method:
		http.Error(w, "the method is not allowed", http.StatusMethodNotAllowed)
		return
	}
	s.backend().ServeHTTP(flushing{w, http.NewResponseController(w)}, forBackend(r))
	if operation != "git-receive-pack" {
		return
	}
	// The connection ends after this, so that whoever has pushed knows that the event is kept.
	if err := s.publish(r.Context(), repo.Name); err != nil {
		s.Log.ErrorContext(r.Context(), "publishing what was pushed", "repository", repo.Name, "error", err)
	}
}

// admit checks who calls, and what a role may do. Sessions of jobs are for artifacts.
func (s *Service) admit(r *http.Request, name string) error {
	who, err := s.Keys.VerifyGit(r, string(s.region), Path+name)
	if err == nil && !who.Unlimited() {
		err = &awsapi.Error{
			Code: "AccessDeniedException", Message: "the session may not use CodeCommit", Status: http.StatusForbidden,
		}
	}
	if err != nil || who.Role == nil || s.Authorize == nil {
		return err
	}
	action := "codecommit:GitPull"
	if strings.HasSuffix(r.URL.Path, "/git-receive-pack") || r.URL.Query().Get("service") == "git-receive-pack" {
		action = "codecommit:GitPush"
	}
	return s.Authorize(*who.Role, action, s.arn(name))
}

// refuse answers an error as text, which git shows.
func refuse(w http.ResponseWriter, err error) {
	var e *awsapi.Error
	if !errors.As(err, &e) {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	status := http.StatusForbidden
	switch e.Code {
	case "AccessDenied":
		w.Header().Set("WWW-Authenticate", `Basic realm="AWS CodeCommit"`)
		status = http.StatusUnauthorized
	case "RepositoryDoesNotExistException", "RepositoryNameRequiredException", "InvalidRepositoryNameException":
		status = http.StatusNotFound
	}
	http.Error(w, e.Code+": "+e.Message, status)
}

// backend is git's own server program.
func (s *Service) backend() *cgi.Handler {
	return &cgi.Handler{
		Path: s.git, Args: []string{"http-backend"}, Dir: s.Dir, Root: strings.TrimSuffix(Path, "/"),
		Env:    append(environment(), "GIT_PROJECT_ROOT="+s.Dir, "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER="+naming.CallerARN),
		Logger: log.New(lines{s}, "", 0), Stderr: lines{s},
	}
}

// forBackend returns the request as a CGI program can take it: a body of unknown length is read to its end.
func forBackend(r *http.Request) *http.Request {
	r = r.Clone(r.Context())
	r.Header.Del("Authorization")
	if len(r.TransferEncoding) > 0 {
		r.TransferEncoding, r.ContentLength = nil, -1
	}
	return r
}

// lines takes what the backend complains about.
type lines struct{ s *Service }

func (l lines) Write(b []byte) (int, error) {
	l.s.Log.Warn("git http-backend", "says", strings.TrimSpace(string(b)))
	return len(b), nil
}

// flushing passes on what the backend says as soon as it says it.
type flushing struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (f flushing) Write(b []byte) (int, error) {
	n, err := f.ResponseWriter.Write(b)
	if err == nil {
		err = f.control.Flush()
	}
	return n, err
}
