// Package jenkins speaks to one job of a Jenkins over its REST interface: it
// starts builds, follows them from the queue to their end, reads their log and
// what they archived, and stops them.
package jenkins

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"
)

// Options says which Jenkins, as whom, and which job of it.
type Options struct {
	URL          string // of Jenkins itself, with its context path
	User         string
	PasswordFile string // read again when Jenkins refuses the password: it changes at a boot
	Job          string // the job's name
}

// Client is one job of one Jenkins. It may be used from several goroutines.
type Client struct {
	options Options
	base    string
	http    *http.Client

	mu       sync.Mutex
	password string
	crumb    crumb
}

// answerTime bounds one call; a call reads at most a few megabytes.
const answerTime = 30 * time.Second

// New makes a client; it calls nothing.
func New(o Options) (*Client, error) {
	base, err := url.Parse(o.URL)
	if err != nil {
		return nil, fmt.Errorf("reading the URL of Jenkins: %w", err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("making a cookie jar: %w", err)
	}
	return &Client{
		options: o, base: strings.TrimSuffix(base.String(), "/"),
		http: &http.Client{
			Jar: jar, Timeout: answerTime,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// Password is the password in use, empty before the first call. It is there so that it can be kept out of texts.
func (c *Client) Password() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.password
}

// Ping asks Jenkins for the job: no error means that Jenkins is up, that the password is right and that the job is there.
func (c *Client) Ping(ctx context.Context) error {
	var answer struct{ Name string }
	return c.json(ctx, c.job("api/json")+"?tree=name", &answer)
}

func (c *Client) job(path string) string {
	return "/job/" + url.PathEscape(c.options.Job) + "/" + path
}

// call is one request as Jenkins wants it.
type call struct {
	method, path string
	form         url.Values
}

// do answers the response of a call that Jenkins took. A refused password is read again, a refused crumb fetched
// again, each once. The caller closes the body.
func (c *Client) do(ctx context.Context, k call) (*http.Response, error) {
	for fresh := false; ; fresh = true {
		response, err := c.send(ctx, k, fresh)
		if err != nil {
			return nil, err
		}
		if response.StatusCode < http.StatusBadRequest && (k.method != http.MethodGet || response.StatusCode < http.StatusMultipleChoices) {
			return response, nil
		}
		refused := response.StatusCode == http.StatusUnauthorized || response.StatusCode == http.StatusForbidden
		err = refusal(k, response)
		if fresh || !refused {
			return nil, err
		}
	}
}

// send makes the request. With fresh set, password and crumb are got anew before.
func (c *Client) send(ctx context.Context, k call, fresh bool) (*http.Response, error) {
	password, err := c.readPassword(fresh)
	if err != nil {
		return nil, err
	}
	var body io.Reader
	if k.form != nil {
		body = strings.NewReader(k.form.Encode())
	}
	request, err := http.NewRequestWithContext(ctx, k.method, c.base+k.path, body)
	if err != nil {
		return nil, fmt.Errorf("making a request to Jenkins: %w", err)
	}
	request.SetBasicAuth(c.options.User, password)
	if k.method != http.MethodGet {
		if k.form != nil {
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		if err := c.addCrumb(ctx, request, fresh); err != nil {
			return nil, err
		}
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, &Unavailable{Doing: k.String(), Err: err}
	}
	return response, nil
}

func (k call) String() string {
	path, _, _ := strings.Cut(k.path, "?")
	return k.method + " " + path
}

func (c *Client) readPassword(again bool) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.password != "" && !again {
		return c.password, nil
	}
	text, err := os.ReadFile(c.options.PasswordFile)
	if err != nil {
		return "", &Unavailable{Doing: "reading the password of Jenkins", Err: err, Unsent: true}
	}
	c.password = strings.TrimSpace(string(text))
	if c.password == "" {
		return "", &Unavailable{Doing: "reading the password of Jenkins", Err: errors.New(c.options.PasswordFile + " is empty"), Unsent: true}
	}
	return c.password, nil
}
