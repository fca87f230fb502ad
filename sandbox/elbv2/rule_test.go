package elbv2

import (
	"net/http"
	"testing"
)

var noFollow = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func TestTheFirstRuleThatMatchesWins(t *testing.T) {
	x := fresh(t)
	url, _ := x.web(nil)
	var listenerARN string
	for arn := range x.listeners {
		listenerARN = arn
	}
	rule := func(priority int, body string, conditions ...any) {
		x.make("aws:lb/listenerRule:ListenerRule", map[string]any{
			"listenerArn": listenerARN, "priority": priority, "conditions": conditions,
			"actions": []any{map[string]any{"type": "fixed-response", "fixedResponse": map[string]any{
				"contentType": "text/plain", "messageBody": body, "statusCode": "200"}}},
		})
	}
	list := func(v ...string) map[string]any { return map[string]any{"values": v} }
	rule(20, "path", map[string]any{"pathPattern": list("/img/*", "/a?c")})
	rule(10, "both", map[string]any{"pathPattern": list("/img/*")}, map[string]any{"httpRequestMethod": list("POST")})
	rule(30, "host", map[string]any{"hostHeader": list("*.Example.com")})
	rule(40, "header", map[string]any{"httpHeader": map[string]any{"httpHeaderName": "X-Kind", "values": []string{"te*"}}})
	rule(50, "query", map[string]any{"queryStrings": []any{map[string]any{"key": "v", "value": "2"}}})
	for _, c := range []struct{ method, path, host, kind, want string }{
		{"GET", "/img/a/b.png", "", "", "path"},
		{"GET", "/abc", "", "", "path"},
		{"POST", "/img/a", "", "", "both"},
		{"GET", "/", "shop.example.com", "", "host"},
		{"GET", "/", "", "Test", "header"},
		{"GET", "/?v=2", "", "", "query"},
	} {
		req, _ := http.NewRequest(c.method, url+c.path, nil)
		req.Host = c.host
		req.Header.Set("X-Kind", c.kind)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body := make([]byte, 20)
		n, _ := resp.Body.Read(body)
		_ = resp.Body.Close()
		if got := string(body[:n]); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
	if resp, _ := get(t, url+"/other"); resp.StatusCode != 503 {
		t.Errorf("%d, want the default action's 503", resp.StatusCode)
	}
}

func TestForwardsByWeight(t *testing.T) {
	one, two, none := &group{}, &group{}, &group{}
	f := &forward{}
	f.add(one, 3)
	f.add(none, 0)
	f.add(two, 1)
	hits := map[*group]int{}
	for range 400 {
		hits[f.next()]++
	}
	if hits[one] != 300 || hits[two] != 100 || hits[none] != 0 {
		t.Errorf("%d %d %d", hits[one], hits[two], hits[none])
	}
	if (&forward{}).next() != nil {
		t.Error("a group of no groups")
	}
}
