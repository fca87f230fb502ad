package controller

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

// object is a JSON object of an answer.
type object = map[string]any

// problem is an error with the status that it is answered with.
type problem struct {
	status int
	text   string
}

func (p *problem) Error() string { return p.text }

var errNotFound = &problem{http.StatusNotFound, "Not Found"}

// Handler answers what Jenkins answers over HTTP.
func (c *Controller) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /login", c.loginPage)
	mux.HandleFunc("POST /j_spring_security_check", c.logIn)
	mux.HandleFunc("GET /logout", c.logOut)
	mux.HandleFunc("GET /crumbIssuer/api/json", c.issueCrumb)
	for pattern, handle := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /{$}":                      c.dashboardPage,
		"GET /api/json":                 c.describe,
		"GET /queue/api/json":           c.describeQueue,
		"GET /queue/item/{id}/api/json": c.describeItem,
		"POST /queue/cancelItem":        c.cancelItem,
		"GET /job/{job}/{$}":            c.jobPage,
		"GET /job/{job}/api/json":       c.describeJob,
		"GET /job/{job}/build":          postOnly, "GET /job/{job}/buildWithParameters": postOnly,
		"POST /job/{job}/build":                          c.startPlain,
		"POST /job/{job}/buildWithParameters":            c.startWithParameters,
		"GET /job/{job}/{build}/{$}":                     c.buildPage,
		"GET /job/{job}/{build}/console":                 c.buildPage,
		"GET /job/{job}/{build}/api/json":                c.describeBuild,
		"GET /job/{job}/{build}/consoleText":             c.consoleText,
		"GET /job/{job}/{build}/logText/progressiveText": c.progressiveText,
		"GET /job/{job}/{build}/artifact/{path...}":      c.artifact,
		"POST /job/{job}/{build}/stop":                   c.stopBuild,
	} {
		mux.HandleFunc(pattern, c.handled(handle))
	}
	return c.authenticated(mux)
}

// postOnly refuses what changes something by a GET, which a link would make.
func postOnly(http.ResponseWriter, *http.Request) error {
	return &problem{http.StatusMethodNotAllowed, "Form post required"}
}

// handled answers an error with its status.
func (c *Controller) handled(handle func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := handle(w, r)
		var p *problem
		switch {
		case err == nil:
		case errors.As(err, &p):
			http.Error(w, p.text, p.status)
		default:
			c.config.Log.Error("answering a request to Jenkins", "path", r.URL.Path, "error", err)
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}
}

func answer(w http.ResponseWriter, _ *http.Request, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	_, _ = w.Write(b) // a client that has gone needs no answer
}

// project returns the job of a request.
func (c *Controller) project(r *http.Request) (*project, error) {
	p, ok := c.jobs[r.PathValue("job")]
	if !ok {
		return nil, errNotFound
	}
	return p, nil
}

// build returns the build of a request, by its number or by what it was. The caller holds the lock.
func (c *Controller) build(r *http.Request) (*project, *Build, error) {
	p, err := c.project(r)
	if err != nil {
		return nil, nil, err
	}
	name := r.PathValue("build")
	if is, ok := permalinks[name]; ok {
		if b := p.last(is); b != nil {
			return p, b, nil
		}
		return nil, nil, errNotFound
	}
	n, err := strconv.Atoi(name)
	if err != nil {
		return nil, nil, errNotFound
	}
	b, ok := p.build(n)
	if !ok {
		return nil, nil, errNotFound
	}
	return p, b, nil
}

// permalinks are Jenkins' names for the last build of a kind.
var permalinks = map[string]func(*Build) bool{
	"firstBuild":            nil,
	"lastBuild":             func(*Build) bool { return true },
	"lastCompletedBuild":    func(b *Build) bool { return !b.running() },
	"lastFailedBuild":       func(b *Build) bool { return b.Result == Failure },
	"lastStableBuild":       func(b *Build) bool { return b.Result == Success },
	"lastSuccessfulBuild":   func(b *Build) bool { return b.Result == Success || b.Result == Unstable },
	"lastUnstableBuild":     func(b *Build) bool { return b.Result == Unstable },
	"lastUnsuccessfulBuild": func(b *Build) bool { return !b.running() && b.Result != Success },
}

// last returns the newest build that is so, or nil. Without a question it is the first build.
func (p *project) last(is func(*Build) bool) *Build {
	if is == nil {
		if len(p.builds) > 0 {
			return p.builds[0]
		}
		return nil
	}
	for i := len(p.builds) - 1; i >= 0; i-- {
		if is(p.builds[i]) {
			return p.builds[i]
		}
	}
	return nil
}

// root is the address of this Jenkins: the configured one, or else the one that was asked.
func (c *Controller) root(r *http.Request) string {
	if c.config.Settings.URL != "" {
		return c.config.Settings.URL
	}
	return asked(r)
}

// asked is the address that the client has used.
func asked(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return fmt.Sprintf("%s://%s/", scheme, r.Host)
}
