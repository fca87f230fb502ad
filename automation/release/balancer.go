package release

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// mostRedirects is what browsers follow and more than an app needs on the way to its own HTTPS.
const mostRedirects = 5

// throughBalancer is a client that reaches the app by its load balancer's own DNS name, and asks for the name in its
// URL (Host header and TLS server name), so that the proof needs no DNS record of that name. Without a load balancer's
// name it reaches the URL's host. It opens a connection for each request, so that each one may reach another target,
// and follows no redirect to another host: an answer from there says nothing of this environment.
func throughBalancer(appURL, balancer string) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableKeepAlives = true
	app, err := url.Parse(appURL)
	if err == nil && balancer != "" {
		transport.DialContext = dial(app.Hostname(), balancer)
	}
	return &http.Client{Transport: transport, Timeout: 5 * time.Second, CheckRedirect: stayOnHost}
}

// Client is how the app of an environment is asked by what comes after the proof: through the load balancer, and without
// following redirects, so that a redirect is an answer like any other.
func Client(at Environment) *http.Client { return asking(BasisHealth, at.AppURL, at.LoadBalancer) }

// dial connects to balancer in place of host, with the port that was asked for unless balancer names one itself.
func dial(host, balancer string) func(context.Context, string, string) (net.Conn, error) {
	var d net.Dialer
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if name, port, err := net.SplitHostPort(address); err == nil && strings.EqualFold(name, host) {
			address = endpoint(balancer, port)
		}
		return d.DialContext(ctx, network, address)
	}
}

func endpoint(balancer, port string) string {
	if _, _, err := net.SplitHostPort(balancer); err == nil {
		return balancer
	}
	return net.JoinHostPort(balancer, port)
}

func stayOnHost(next *http.Request, via []*http.Request) error {
	first := via[0].URL
	switch {
	case !strings.EqualFold(next.URL.Hostname(), first.Hostname()):
		return fmt.Errorf("it redirects to another host, %s: the answer must come from %s", next.URL.Hostname(), first.Hostname())
	case first.Scheme == "https" && next.URL.Scheme != "https":
		return fmt.Errorf("it redirects from https to %s", next.URL)
	case len(via) > mostRedirects:
		return fmt.Errorf("it redirects more than %d times", mostRedirects)
	}
	return nil
}

// unanswered says why a request had no answer, and what to do about a certificate that does not fit.
func unanswered(err error) string {
	var name x509.HostnameError
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &name):
		return fmt.Sprintf("the certificate of the load balancer is for %s, not for %s: "+
			"set slipway:certificateArn to one that covers slipway:domainName", strings.Join(name.Certificate.DNSNames, ", "), name.Host)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("the certificate of the load balancer is valid from %s to %s: "+
			"renew it in ACM, or set slipway:certificateArn to another one",
			invalid.Cert.NotBefore.UTC().Format(time.DateOnly), invalid.Cert.NotAfter.UTC().Format(time.DateOnly))
	case errors.As(err, &authority):
		return "the certificate of the load balancer is signed by an authority that this machine does not trust: " +
			"use a public certificate of ACM, or add the authority to this machine's (SSL_CERT_FILE)"
	}
	return err.Error()
}
