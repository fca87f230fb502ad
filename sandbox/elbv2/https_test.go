package elbv2

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	client "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"slipway/sandbox/acm"
	"slipway/sandbox/network"
	"slipway/sandbox/resource"
	"slipway/sandbox/store"
)

// One port stands for 80 and 443: what begins with TLS is answered with the certificate of the sandbox's authority, and the
// other redirect leads there.
func TestHTTPSWithARedirectFromHTTP(t *testing.T) {
	dir := t.TempDir()
	st, err := store.Open(filepath.Join(dir, "acm.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	file := filepath.Join(dir, "authority.pem")
	certificates, err := acm.New(st, "us-east-1", acm.Options{File: file, Secret: []byte("secret")})
	if err != nil {
		t.Fatal(err)
	}
	in, _ := resource.Encode(map[string]any{"domainName": "shop.example"})
	certificate, _, err := certificates.Behaviours()["aws:acm/certificate:Certificate"].Create(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "state.db")
	x := start(t, path, Options{Certificates: certificates})
	lb, out := x.make("aws:lb/loadBalancer:LoadBalancer", map[string]any{"name": "web"})
	arn, _ := x.make("aws:lb/targetGroup:TargetGroup", map[string]any{"name": "web", "port": 80, "protocol": "HTTP", "vpcId": "vpc-1", "targetType": "ip"})
	_, secure := x.make("aws:lb/listener:Listener", map[string]any{
		"loadBalancerArn": lb, "port": 443, "protocol": "HTTPS", "certificateArn": certificate,
		"defaultActions": []any{map[string]any{"type": "forward", "targetGroupArn": arn}},
	})
	x.make("aws:lb/listener:Listener", map[string]any{
		"loadBalancerArn": lb, "port": 80, "protocol": "HTTP",
		"defaultActions": []any{map[string]any{"type": "redirect", "redirect": map[string]any{"statusCode": "HTTP_301", "protocol": "HTTPS", "port": "443"}}},
	})
	if secure["sslPolicy"].StringValue() != usualPolicy || secure["port"].NumberValue() != 443 {
		t.Errorf("the listener is %v", secure)
	}
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(r.Header.Get("X-Forwarded-Proto") + " " + r.Host))
	}))
	defer target.Close()
	if err := x.Register(context.Background(), arn, "t", target.Listener.Addr().String(), network.Place{}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(text)
	browser := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}, ForceAttemptHTTP2: true}}
	url := "http://" + out["dnsName"].StringValue()
	for range 2 {
		resp, err := browser.Get(url + "/a")
		if err != nil {
			t.Fatal(err)
		}
		body := make([]byte, 100)
		n, _ := resp.Body.Read(body)
		resp.Body.Close()
		if want := "https " + strings.TrimPrefix(url, "http://"); string(body[:n]) != want || resp.Request.URL.Scheme != "https" || resp.ProtoMajor != 2 {
			t.Errorf("%s by %s, want %s", body[:n], resp.Proto, want)
		}
		browser.CloseIdleConnections()
		x.stop() // and again after a restart
		x = start(t, path, Options{Certificates: certificates})
		x.await(url)
		if err := x.Register(context.Background(), arn, "t", target.Listener.Addr().String(), network.Place{}); err != nil {
			t.Fatal(err)
		}
	}
	connection, err := tls.Dial("tcp", strings.TrimPrefix(url, "http://"), &tls.Config{RootCAs: trusted, ServerName: "shop.example"})
	if err != nil {
		t.Errorf("by its own name: %v", err)
	} else {
		_ = connection.Close()
	}
	if got := x.Listening(certificate); len(got) != 1 || got[0] != lb {
		t.Errorf("the certificate is of %v", got)
	}
	listeners, err := x.sdk().DescribeListeners(t.Context(), &client.DescribeListenersInput{LoadBalancerArn: &lb})
	if err != nil || len(listeners.Listeners) != 2 {
		t.Fatal(listeners, err)
	}
	for _, l := range listeners.Listeners {
		if *l.Port == 443 && (len(l.Certificates) != 1 || *l.Certificates[0].CertificateArn != certificate || *l.SslPolicy != usualPolicy) {
			t.Errorf("it is %+v", l)
		}
	}
}

// await returns when the load balancer listens again.
func (x *stand) await(url string) {
	x.t.Helper()
	for range 1000 {
		c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err == nil {
			_ = c.Close()
			return
		}
	}
	x.t.Fatal("nothing listens at " + url)
}
