package elbv2

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"slipway/sandbox/network"
)

func TestHeadersThatATargetSees(t *testing.T) {
	x := fresh(t)
	url, arn := x.web(nil)
	var seen http.Header
	var host, query string
	target := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/healthz" {
			seen, host, query = r.Header.Clone(), r.Host, r.URL.RawQuery
		}
	}))
	defer target.Close()
	if err := x.Register(context.Background(), arn, "t", target.Listener.Addr().String(), network.Place{}); err != nil {
		t.Fatal(err)
	}
	req, _ := http.NewRequest(http.MethodGet, url+"/a?b=1;c", nil)
	req.Host = "shop.example"
	req.Header.Set("X-Forwarded-For", "203.0.113.7")
	req.Header.Set("X-Forwarded-Proto", "https")
	req.Header.Set(traceID, "Root=1-67891233-abcdef012345678912345678")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	client := seen.Get("X-Forwarded-For")
	if !regexp.MustCompile(`^203\.0\.113\.7, (127\.0\.0\.1|::1)$`).MatchString(client) {
		t.Errorf("X-Forwarded-For %q", client)
	}
	if p := seen.Get("X-Forwarded-Proto"); p != "http" {
		t.Errorf("X-Forwarded-Proto %q", p)
	}
	if p := seen.Get("X-Forwarded-Port"); p != url[strings.LastIndex(url, ":")+1:] {
		t.Errorf("X-Forwarded-Port %q", p)
	}
	if id := seen.Get(traceID); !regexp.MustCompile(`^Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-67891233-abcdef012345678912345678$`).MatchString(id) {
		t.Errorf("trace id %q", id)
	}
	if host != "shop.example" || query != "b=1;c" {
		t.Errorf("host %q query %q", host, query)
	}
	get(t, url)
	if id := seen.Get(traceID); !regexp.MustCompile(`^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$`).MatchString(id) {
		t.Errorf("trace id %q", id)
	}
}

func TestHeadersThatAreTooLarge(t *testing.T) {
	x := fresh(t)
	url, arn := x.web(nil)
	var checked atomic.Value
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/healthz" {
			checked.Store(r.Host + " " + r.UserAgent())
		}
		if r.URL.Path == "/large" {
			w.Header().Set("X-Large", strings.Repeat("a", mostResponse))
		}
	}))
	defer target.Close()
	address := target.Listener.Addr().String()
	if err := x.Register(context.Background(), arn, "t", address, network.Place{}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path    string
		headers int // of 8 KiB each, and one of size
		size    int
		want    int
	}{
		"as large as may be":   {"/", 7, 7 << 10, 200},
		"a long line":          {"/" + strings.Repeat("a", mostLine), 0, 0, 414},
		"a large header":       {"/", 0, mostHeader, 400},
		"many headers":         {"/", 8, 1 << 10, 400},
		"of the target":        {"/large", 0, 0, 502},
		"a line that may be":   {"/" + strings.Repeat("a", mostLine-100), 0, 0, 200},
		"a header that may be": {"/", 0, mostHeader - 100, 200},
	} {
		req, _ := http.NewRequest(http.MethodGet, url+c.path, nil)
		for i := range c.headers {
			req.Header.Set(fmt.Sprint("X-Part-", i), strings.Repeat("a", 8<<10))
		}
		if c.size > 0 {
			req.Header.Set("X-One", strings.Repeat("a", c.size))
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_ = resp.Body.Close()
		if resp.StatusCode != c.want {
			t.Errorf("%s: it is answered %d, want %d", name, resp.StatusCode, c.want)
		}
	}
	if got := checked.Load(); got != address+" ELB-HealthChecker/2.0" { // a check names the target itself as its host
		t.Errorf("a health check is %v", got)
	}
}
