package elbv2

import (
	"context"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"slipway/sandbox/resource"
	"slipway/sandbox/store"
)

func TestServesAgainAfterARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	x := start(t, path, Options{})
	url, arn := x.web(nil)
	a := newApp(t, "a")
	x.register(arn, a)
	x.reaches(arn, "a", a.address(), Healthy)
	x.stop()
	y := start(t, path, Options{})
	y.reaches(arn, "a", a.address(), Healthy)
	if resp, body := get(t, url); resp.StatusCode != 200 || body != "a" {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}

func TestATakenPortIsAnErrorThatNamesIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	x := start(t, path, Options{})
	url, _ := x.web(nil)
	x.stop()
	port := url[strings.LastIndex(url, ":")+1:]
	other, err := net.Listen("tcp4", "127.0.0.1:"+port)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	st, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	s, err := New(st, "us-east-1", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(context.Background()); err == nil || !strings.Contains(err.Error(), "load balancer web: its port "+port+" is taken") {
		t.Error(err)
	}
}

func TestDeletingTakesEverythingAway(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	x := start(t, path, Options{})
	url, group := x.web(nil)
	a := newApp(t, "a")
	x.register(group, a)
	x.reaches(group, "a", a.address(), Healthy)
	ctx := context.Background()
	remove := func(token, id string) error { return x.Behaviours()[token].Delete(ctx, id) }
	if err := remove("aws:lb/targetGroup:TargetGroup", group); err == nil || !strings.Contains(err.Error(), "ResourceInUse") {
		t.Errorf("%v, want ResourceInUse", err)
	}
	for arn := range x.balancers {
		if err := remove("aws:lb/loadBalancer:LoadBalancer", arn); err != nil {
			t.Fatal(err)
		}
	}
	if state, reason := x.State(group, "a", a.address()); state != Unused || reason != descriptions[notInUse] {
		t.Errorf("%s %s, want unused: no load balancer", state, reason)
	}
	if err := remove("aws:lb/targetGroup:TargetGroup", group); err != nil {
		t.Fatal(err)
	}
	if _, err := net.Dial("tcp", strings.TrimPrefix(url, "http://")); err == nil {
		t.Error("the port is still open")
	}
	x.stop()
	y := start(t, path, Options{})
	if n := len(y.balancers) + len(y.groups) + len(y.listeners); n != 0 {
		t.Errorf("%d resources are left in the store", n)
	}
}

func TestAListenerChangesItsAction(t *testing.T) {
	x := fresh(t)
	url, group := x.web(nil)
	var listenerARN string
	for arn := range x.listeners {
		listenerARN = arn
	}
	change := func(action map[string]any) {
		t.Helper()
		in, err := resource.Encode(map[string]any{"loadBalancerArn": x.listeners[listenerARN].LoadBalancer, "defaultActions": []any{action}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := x.Behaviours()["aws:lb/listener:Listener"].Update(context.Background(), listenerARN, in); err != nil {
			t.Fatal(err)
		}
	}
	change(map[string]any{"type": "fixed-response", "fixedResponse": map[string]any{"contentType": "text/plain", "messageBody": "closed", "statusCode": "503"}})
	if resp, body := get(t, url); resp.StatusCode != 503 || body != "closed" {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	if _, reason := x.State(group, "none", "127.0.0.1:1"); reason != descriptions[notRegistered] {
		t.Error(reason)
	}
	change(map[string]any{"type": "redirect", "redirect": map[string]any{"statusCode": "HTTP_301", "protocol": "HTTPS", "port": "443"}})
	resp, err := noFollow.Get(url + "/a/b?c=d")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if to := resp.Header.Get("Location"); resp.StatusCode != 301 || to != strings.Replace(url, "http:", "https:", 1)+"/a/b?c=d" {
		t.Errorf("%d %s", resp.StatusCode, to)
	}
}
