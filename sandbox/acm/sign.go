package acm

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"time"
)

// How long certificates hold. AWS renews its own before they end; here one lasts longer than a sandbox does.
const (
	authorityLife = 10 * 365 * 24 * time.Hour
	leafLife      = 2 * 365 * 24 * time.Hour
)

// authorityOwner is what the authority's key is sealed for.
const authorityOwner = "authority"

// root returns the authority, which is made for the first certificate, and writes its own for clients to trust. The lock is
// held.
func (s *Service) root() (pair, error) {
	p, found, err := s.authority.Get(authorityOwner)
	if err == nil && !found {
		template := &x509.Certificate{
			Subject: pkix.Name{CommonName: "Slipway sandbox authority"}, IsCA: true, BasicConstraintsValid: true,
			KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		}
		if p, err = s.sign(authorityOwner, template, authorityLife, nil); err == nil {
			err = s.authority.Put(authorityOwner, p)
		}
	}
	if err != nil {
		return p, err
	}
	if _, err := os.Stat(s.File); err == nil || s.File == "" {
		return p, nil
	}
	return p, os.WriteFile(s.File, p.Chain, 0o644) // nothing secret
}

// issue makes a certificate for names, and for this machine, which is where load balancers are.
func (s *Service) issue(arn string, names []string) (pair, error) {
	root, err := s.root()
	if err != nil {
		return pair{}, err
	}
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: names[0]}, DNSNames: append([]string{"localhost"}, names...),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		KeyUsage:    x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	return s.sign(arn, template, leafLife, &root)
}

// sign makes a key for a certificate and lets an authority sign it, or the key itself.
func (s *Service) sign(owner string, template *x509.Certificate, life time.Duration, by *pair) (pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return pair{}, err
	}
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)); err != nil {
		return pair{}, err
	}
	now := s.Clock.Now()
	template.NotBefore, template.NotAfter = now.Add(-time.Hour), now.Add(life)
	parent, signer, above := template, any(key), []byte(nil)
	if by != nil {
		authority, err := s.open(authorityOwner, *by)
		if err != nil {
			return pair{}, fmt.Errorf("opening the authority: %w", err)
		}
		parent, signer, above = authority.Leaf, authority.PrivateKey, by.Chain
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		return pair{}, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return pair{}, err
	}
	chain := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), above...)
	return pair{chain, s.seal.Close(owner, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))}, nil
}
