package elbv2

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
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
