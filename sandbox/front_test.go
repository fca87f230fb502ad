package sandbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"slipway/sandbox/sigv4"
	"slipway/sandbox/store"
)

// newFront serves all services of a sandbox that runs nothing.
func newFront(t *testing.T) (*services, *httptest.Server) {
	t.Helper()
	st, err := store.Open(filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Dir: t.TempDir(), ID: "front", Region: "eu-west-1", Speed: 10}
	if err := c.prepare(); err != nil {
		t.Fatal(err)
	}
	s, err := newServices(c, st, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.providers(); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.front())
	t.Cleanup(func() { server.Close(); _ = s.engine.Close(); _ = st.Close() })
	return s, server
}

// asked is a request to the front.
type asked struct {
	method, path, target, form string
	service, region            string
	key                        sigv4.Root
	token                      string // of a session
	age                        time.Duration
	host                       string
}

// send signs a request as a client does and returns the answer's status, text and headers.
func (a asked) send(t *testing.T, url string) (int, string, http.Header) {
	t.Helper()
	body := "{}"
	if a.form != "" || a.target == "" {
		body = a.form
	}
	r, err := http.NewRequest(a.method, url+a.path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if a.target != "" {
		r.Header.Set("X-Amz-Target", a.target)
		r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	} else if a.form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Host = a.host
	sum := sha256.Sum256([]byte(body))
	hash := hex.EncodeToString(sum[:])
	if a.service == "s3" {
		r.Header.Set("X-Amz-Content-Sha256", hash)
	}
	if a.key.AccessKeyID != "" {
		credentials := aws.Credentials{AccessKeyID: a.key.AccessKeyID, SecretAccessKey: a.key.SecretAccessKey, SessionToken: a.token}
		if err := v4.NewSigner().SignHTTP(context.Background(), credentials, r, hash, a.service, a.region, time.Now().Add(-a.age)); err != nil {
			t.Fatal(err)
		}
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text), res.Header
}

func TestWhoMayCall(t *testing.T) {
	s, server := newFront(t)
	own, stranger := s.config.Key, sigv4.NewRoot()
	guessed := sigv4.Root{AccessKeyID: own.AccessKeyID, SecretAccessKey: "guess"}
	const ecs, sts = "AmazonEC2ContainerServiceV20141113.ListClusters", "Action=GetCallerIdentity&Version=2011-06-15"
	json := asked{method: "POST", path: "/", target: ecs, service: "ecs", region: "eu-west-1", key: own}
	query := asked{method: "POST", path: "/", form: sts, service: "sts", region: "eu-west-1", key: own}
	object := asked{method: "GET", path: "/", service: "s3", region: "eu-west-1", key: own}
	rest := asked{method: "GET", path: "/2015-03-31/functions/", service: "lambda", region: "eu-west-1", key: own}
	with := func(a asked, change func(*asked)) asked { change(&a); return a }
	for name, c := range map[string]struct {
		asked
		status int
		text   string
	}{
		"json":              {json, 200, "clusterArns"},
		"query":             {query, 200, ":user/sandbox"},
		"object":            {object, 200, "ListAllMyBucketsResult"},
		"json, stranger":    {with(json, func(a *asked) { a.key = stranger }), 403, "UnrecognizedClientException"},
		"query, stranger":   {with(query, func(a *asked) { a.key = stranger }), 403, "InvalidClientTokenId"},
		"object, stranger":  {with(object, func(a *asked) { a.key = stranger }), 403, "InvalidAccessKeyId"},
		"json, guessed":     {with(json, func(a *asked) { a.key = guessed }), 403, "InvalidSignatureException"},
		"query, guessed":    {with(query, func(a *asked) { a.key = guessed }), 403, "SignatureDoesNotMatch"},
		"object, guessed":   {with(object, func(a *asked) { a.key = guessed }), 403, "SignatureDoesNotMatch"},
		"json, old":         {with(json, func(a *asked) { a.age = time.Hour }), 403, "InvalidSignatureException"},
		"query, old":        {with(query, func(a *asked) { a.age = time.Hour }), 403, "SignatureDoesNotMatch"},
		"object, old":       {with(object, func(a *asked) { a.age = time.Hour }), 403, "RequestTimeTooSkewed"},
		"json, nobody":      {with(json, func(a *asked) { a.key = sigv4.Root{} }), 403, "MissingAuthenticationToken"},
		"object, nobody":    {with(object, func(a *asked) { a.key = sigv4.Root{}; a.path = "/b" }), 403, "AccessDenied"},
		"json, region":      {with(json, func(a *asked) { a.region = "eu-west-9" }), 403, "not 'eu-west-9'"},
		"query, global":     {with(query, func(a *asked) { a.region = "us-east-1" }), 200, ":user/sandbox"},
		"object, region":    {with(object, func(a *asked) { a.region = "us-east-1" }), 400, "<Region>eu-west-1</Region>"},
		"rest":              {rest, 400, "the service lambda does not exist here"},
		"rest, stranger":    {with(rest, func(a *asked) { a.key = stranger }), 403, "UnrecognizedClientException"},
		"rest that makes":   {with(rest, func(a *asked) { a.method, a.path = "PUT", "/madebylambda" }), 400, "the service lambda"},
		"xml rest":          {with(rest, func(a *asked) { a.service, a.region = "route53", "us-east-1" }), 400, "<Message>the service route53"},
		"compute":           {with(query, func(a *asked) { a.service, a.form = "ec2", "Action=DescribeVpcs" }), 400, "<Response><Errors><Error><Code>InvalidAction"},
		"json, rebound":     {with(json, func(a *asked) { a.host = "evil.example" }), 403, "localhost only"},
		"object, rebound":   {with(object, func(a *asked) { a.host = "evil.example:4500" }), 403, "localhost only"},
		"console, rebound":  {asked{method: "GET", path: "/console/", host: "evil.example"}, 403, "localhost only"},
		"json by localhost": {with(json, func(a *asked) { a.host = "localhost:4500" }), 200, "clusterArns"},
	} {
		t.Run(name, func(t *testing.T) {
			status, text, _ := c.send(t, server.URL)
			if status != c.status || !strings.Contains(text, c.text) {
				t.Errorf("it is answered %d %s", status, text)
			}
		})
	}
	if _, _, err := s.s3.Get(context.Background(), "madebylambda", "k"); err == nil || !strings.Contains(err.Error(), "NoSuchBucket") {
		t.Errorf("another service has made a bucket: %v", err)
	}
}

func TestStoredPagesAreNotOfTheConsole(t *testing.T) {
	s, server := newFront(t)
	if _, err := s.s3.Put(context.Background(), s.config.StateBucket(), "page.html", strings.NewReader("<script>approve()</script>")); err != nil {
		t.Fatal(err)
	}
	page := asked{method: "GET", path: "/" + s.config.StateBucket() + "/page.html?response-content-type=text%2Fhtml", service: "s3", region: "eu-west-1", key: s.config.Key}
	status, _, header := page.send(t, server.URL)
	if status != 200 || header.Get("Content-Type") != "text/html" || header.Get("Content-Security-Policy") != "sandbox" || header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("it is answered %d %v", status, header)
	}
}

func TestAKeyIsMadeOnce(t *testing.T) {
	c := Config{Dir: t.TempDir()}
	if err := c.prepare(); err != nil {
		t.Fatal(err)
	}
	again := Config{Dir: c.Dir}
	if err := again.prepare(); err != nil || again.Key != c.Key || len(c.Key.AccessKeyID) != 20 || len(c.Key.SecretAccessKey) != 40 {
		t.Errorf("%+v, then %+v, %v", c.Key, again.Key, err)
	}
	if other := sigv4.NewRoot(); other == c.Key {
		t.Error("two sandboxes have one key")
	}
}
