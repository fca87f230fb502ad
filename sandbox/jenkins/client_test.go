package jenkins_test

import (
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// client speaks to Jenkins as a user, over HTTPS on the public address.
type client struct {
	*http.Client
	t              *testing.T
	root           string
	user, password string
}

func (x *site) client(user, password string) *client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		x.t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} // self-signed
	x.t.Cleanup(transport.CloseIdleConnections)
	return &client{&http.Client{
		Jar: jar, Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, x.t, "https://" + x.ip + ":8443", user, password}
}

func (x *site) admin() *client {
	password, found, err := x.parameters.Value(x.t.Context(), "/slipway/admin")
	if err != nil || !found {
		x.t.Fatal("the admin's parameter is not there", err)
	}
	return x.client("admin", password)
}

func (c *client) do(method, at string, form url.Values, header map[string]string) (*http.Response, string) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.root+at, strings.NewReader(form.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for k, v := range header {
		req.Header.Set(k, v)
	}
	if c.user != "" {
		req.SetBasicAuth(c.user, c.password)
	}
	answer, err := c.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer, string(body)
}

func (c *client) get(at string, v any) {
	c.t.Helper()
	answer, body := c.do(http.MethodGet, at, nil, nil)
	if answer.StatusCode != http.StatusOK {
		c.t.Fatalf("%s answers %s: %s", at, answer.Status, body)
	}
	if err := json.Unmarshal([]byte(body), v); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) post(at string, form url.Values) *http.Response {
	c.t.Helper()
	var crumb struct{ Crumb, CrumbRequestField string }
	c.get("/crumbIssuer/api/json", &crumb)
	answer, body := c.do(http.MethodPost, at, form, map[string]string{crumb.CrumbRequestField: crumb.Crumb})
	if answer.StatusCode >= http.StatusBadRequest {
		c.t.Fatalf("%s answers %s: %s", at, answer.Status, body)
	}
	return answer
}

type build struct {
	Number    int
	Building  bool
	Result    *string
	Artifacts []struct{ RelativePath string }
}

// start starts a build and waits until it has a number.
func (c *client) start(form url.Values) int {
	c.t.Helper()
	location := c.post("/job/slipway/buildWithParameters", form).Header.Get("Location")
	item, err := url.Parse(location)
	if err != nil || item.Path == "" {
		c.t.Fatalf("the location is %q", location)
	}
	var number int
	eventually(c.t, "a build of "+location, func() bool {
		var i struct{ Executable *struct{ Number int } }
		c.get(path.Clean(item.Path)+"/api/json", &i)
		if i.Executable != nil {
			number = i.Executable.Number
		}
		return number != 0
	})
	return number
}

func (c *client) wait(number string) build {
	c.t.Helper()
	var b build
	eventually(c.t, "the end of build "+number, func() bool {
		c.get("/job/slipway/"+number+"/api/json", &b)
		return !b.Building
	})
	return b
}

func (c *client) text(at string) string {
	c.t.Helper()
	answer, body := c.do(http.MethodGet, at, nil, nil)
	if answer.StatusCode != http.StatusOK {
		c.t.Fatalf("%s answers %s", at, answer.Status)
	}
	return body
}

// eventually asks until it is so, for half a minute at most.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s does not come", what)
		}
	}
}

func contains(t *testing.T, text string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
}

func exists(path ...string) bool {
	_, err := os.Stat(filepath.Join(path...))
	return err == nil
}
