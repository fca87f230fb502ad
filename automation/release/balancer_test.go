package release

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// certificate is a self-signed one.
func certificate(t *testing.T, until time.Time, names ...string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, DNSNames: names,
		NotBefore: until.Add(-48 * time.Hour), NotAfter: until, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// secure is a load balancer's HTTPS listener with a certificate; what it was asked for is in the answer.
func secure(t *testing.T, own tls.Certificate) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"commit":"`+r.Host+"|"+r.TLS.ServerName+`"}`)
	}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{own}}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

// No DNS server knows app.example: the connection goes to the load balancer, the name into Host and SNI.
func TestProofAsksTheLoadBalancer(t *testing.T) {
	good := certificate(t, time.Now().Add(time.Hour), "app.example")
	tests := []struct {
		name    string
		own     tls.Certificate
		trusted bool
		want    Served
		says    string
	}{
		{"the certificate fits", good, true, Served{Status: 200}, ""},
		{"it is for another name", certificate(t, time.Now().Add(time.Hour), "other.example"), true, Served{},
			"the certificate of the load balancer is for other.example, not for app.example: set slipway:certificateArn"},
		{"it has expired", certificate(t, time.Now().Add(-time.Hour), "app.example"), true, Served{}, "renew it in ACM"},
		{"nobody vouches for it", good, false, Served{}, "an authority that this machine does not trust"},
	}
	for _, test := range tests {
		server := secure(t, test.own)
		_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
		client := throughBalancer("https://app.example", "127.0.0.1")
		roots := x509.NewCertPool()
		if test.trusted {
			leaf, _ := x509.ParseCertificate(test.own.Certificate[0])
			roots.AddCert(leaf)
		}
		client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: roots}
		got := askOnce(t.Context(), client, "https://app.example:"+port+"/version", readVersion)
		if got.Status != test.want.Status || !strings.Contains(got.Error, test.says) {
			t.Errorf("%s: %+v", test.name, got)
		}
		if got.Status == 200 && got.Commit != "app.example:"+port+"|app.example" {
			t.Errorf("%s: asked for %s", test.name, got.Commit)
		}
	}
}

func TestRedirects(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"commit":"from elsewhere"}`)
	}))
	t.Cleanup(other.Close)
	at, _ := url.Parse(other.URL)
	tests := []struct{ name, to, commit, says string }{
		{"to another path and port of the host", "http://app.example:" + at.Port() + "/v", "from elsewhere", ""},
		{"to another host", "http://localhost:" + at.Port() + "/v", "", "it redirects to another host, localhost: the answer must come from app.example"},
		{"to itself", "/version", "", "it redirects more than 5 times"},
	}
	for _, test := range tests {
		server := httptest.NewServer(http.RedirectHandler(test.to, http.StatusFound))
		t.Cleanup(server.Close)
		_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
		got := askOnce(t.Context(), throughBalancer("http://app.example", "127.0.0.1"), "http://app.example:"+port+"/version", readVersion)
		if got.Commit != test.commit || !strings.Contains(got.Error, test.says) {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
}

// Without the output, which environments of an older version do not have, the URL's own host is asked.
func TestProofWithoutTheOutput(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"commit":"c"}`) }))
	t.Cleanup(server.Close)
	if got := askOnce(t.Context(), throughBalancer(server.URL, ""), server.URL+"/version", readVersion); got.Commit != "c" {
		t.Errorf("%+v", got)
	}
}

// A load balancer whose name carries a port is asked there, whatever the URL of the app says.
func TestProofAsksThePortOfTheLoadBalancer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host) }))
	t.Cleanup(server.Close)
	at, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	for app, host := range map[string]string{server.URL: at.Host, "http://app.example": "app.example"} {
		answer, err := throughBalancer(app, at.Host).Get(app)
		if err != nil {
			t.Errorf("%s: %v", app, err)
			continue
		}
		body, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if string(body) != host {
			t.Errorf("%s: the app was asked as %q", app, body)
		}
	}
}
