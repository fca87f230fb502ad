package jenkins

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path"
	"path/filepath"
	"time"
)

// certificateLife is how long a host's certificate is valid.
const certificateLife = 10 * 365 * 24 * time.Hour

// certificate returns the host's self-signed certificate, which stays on the data volume: a browser that was told
// to trust it goes on doing so. It is made anew when it does not say all of these names and addresses.
func (h *host) certificate(names []string) (tls.Certificate, error) {
	file := h.path(path.Join(h.home, "https.pem"))
	if c, err := tls.LoadX509KeyPair(file, file); err == nil && says(c.Leaf, names) {
		return c, nil
	}
	content, err := selfSigned(names)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("making the certificate of Jenkins: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return tls.Certificate{}, err
	}
	if err := os.WriteFile(file, content, 0o600); err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(content, content)
}

func says(c *x509.Certificate, names []string) bool {
	for _, name := range names {
		if name != "" && c.VerifyHostname(name) != nil {
			return false
		}
	}
	return time.Now().Before(c.NotAfter)
}

func selfSigned(names []string) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "Jenkins"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certificateLife),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true, IsCA: true,
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else if name != "" {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for _, block := range []*pem.Block{{Type: "CERTIFICATE", Bytes: certificate}, {Type: "PRIVATE KEY", Bytes: private}} {
		if err := pem.Encode(&b, block); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}
