package acm

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

// API is the part of Certificate Manager that is answered here.
func (s *Service) API() awsapi.Service {
	return awsapi.Service{Name: "acm", Protocol: awsapi.JSON, Actions: map[string]awsapi.Action{
		"DeleteCertificate":      awsapi.Do(s.remove),
		"DescribeCertificate":    awsapi.Do(s.describe),
		"GetCertificate":         awsapi.Do(s.get),
		"ImportCertificate":      awsapi.Do(s.importOne),
		"ListCertificates":       awsapi.Do(s.list),
		"ListTagsForCertificate": awsapi.Do(s.listTags),
		"RequestCertificate":     awsapi.Do(s.request),
	}, Refused: map[string]string{
		"ExportCertificate": "a private key does not leave the sandbox",
		"RenewCertificate":  "a certificate here lasts longer than a sandbox does",
	}}
}

type tag struct{ Key, Value string }

type requestInput struct {
	DomainName              string
	SubjectAlternativeNames []string
	ValidationMethod        string // nobody validates: the authority trusts its sandbox
	IdempotencyToken        string
	KeyAlgorithm            string
	Tags                    []tag
}

type arnMember struct{ CertificateArn string }

var domain = regexp.MustCompile(`^(\*\.)?(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])\.)+[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]$`)

func invalid(format string, args ...any) error {
	return awsapi.Errorf("ValidationException", format, args...)
}

// request issues a certificate at once. One that is asked for again with its token is the same (ACM API reference,
// RequestCertificate, November 2026).
func (s *Service) request(_ context.Context, in requestInput) (out arnMember, err error) {
	names := append([]string{in.DomainName}, in.SubjectAlternativeNames...)
	for _, name := range names {
		if len(name) > 253 || !domain.MatchString(name) {
			return out, invalid("1 validation error detected: Value '%s' at 'domainName' failed to satisfy constraint: Member must satisfy regular expression pattern: %s", name, domain)
		}
	}
	if a := cmp.Or(in.KeyAlgorithm, "EC_prime256v1"); a != "EC_prime256v1" && a != "RSA_2048" {
		return out, invalid("the key algorithm %s is not available here: EC_prime256v1", a)
	}
	slices.Sort(names[1:])
	names = slices.Compact(names)
	s.mu.Lock()
	defer s.mu.Unlock()
	all, err := s.table.All()
	for _, c := range all {
		if in.IdempotencyToken != "" && c.Token == in.IdempotencyToken && slices.Equal(c.Names, names) {
			return arnMember{c.ARN}, nil
		}
	}
	c := certificate{
		ARN: s.region.ARN("acm", "certificate/"+naming.UUID()), Domain: in.DomainName, Names: names, Token: in.IdempotencyToken,
		Created: s.Clock.Now().UTC(), Tags: tagged(in.Tags),
	}
	if err == nil {
		c.pair, err = s.issue(c.ARN, names)
	}
	if err != nil {
		return out, err
	}
	return arnMember{c.ARN}, s.table.Put(c.ARN, c)
}

func tagged(tags []tag) map[string]string {
	all := map[string]string{}
	for _, t := range tags {
		all[t.Key] = t.Value
	}
	return all
}

type importInput struct {
	CertificateArn                            string
	Certificate, PrivateKey, CertificateChain []byte
	Tags                                      []tag
}

// importOne takes a certificate from elsewhere, or puts another one under an ARN that is there.
func (s *Service) importOne(_ context.Context, in importInput) (out arnMember, err error) {
	chain := append(append(slices.Clone(in.Certificate), '\n'), in.CertificateChain...)
	parsed, err := tls.X509KeyPair(chain, in.PrivateKey)
	if err != nil {
		return out, invalid("The certificate or its private key is not valid: %v", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := certificate{ARN: cmp.Or(in.CertificateArn, s.region.ARN("acm", "certificate/"+naming.UUID())), Imported: true, Created: s.Clock.Now().UTC(), Tags: tagged(in.Tags)}
	if in.CertificateArn != "" {
		old, err := s.find(in.CertificateArn)
		if err != nil {
			return out, err
		}
		if !old.Imported {
			return out, invalid("The certificate %s was not imported.", in.CertificateArn)
		}
		c.Tags = old.Tags
	}
	c.Names = slices.Clone(parsed.Leaf.DNSNames)
	c.Domain = parsed.Leaf.Subject.CommonName
	if c.Domain == "" && len(c.Names) > 0 {
		c.Domain = c.Names[0]
	}
	c.pair = pair{chain, s.seal.Close(c.ARN, in.PrivateKey)}
	return arnMember{c.ARN}, s.table.Put(c.ARN, c)
}

type detail struct {
	CertificateArn          string
	DomainName              string
	SubjectAlternativeNames []string
	Status                  string
	Type                    string
	Issuer                  string
	Subject                 string
	Serial                  string
	KeyAlgorithm            string
	SignatureAlgorithm      string
	CreatedAt               awsapi.Time
	IssuedAt                awsapi.Time
	NotBefore               awsapi.Time
	NotAfter                awsapi.Time
	InUseBy                 []string
	RenewalEligibility      string
}

type describeOutput struct{ Certificate detail }

func (s *Service) describe(_ context.Context, in arnMember) (out describeOutput, err error) {
	c, err := s.find(in.CertificateArn)
	if err != nil {
		return out, err
	}
	served, err := s.TLS(c.ARN)
	if err != nil {
		return out, err
	}
	leaf, d := served.Leaf, &out.Certificate
	*d = detail{
		CertificateArn: c.ARN, DomainName: c.Domain, SubjectAlternativeNames: c.Names, Status: "ISSUED", Type: c.kind(), Issuer: leaf.Issuer.CommonName,
		Subject: "CN=" + leaf.Subject.CommonName, Serial: colons(leaf.SerialNumber.Bytes()), KeyAlgorithm: algorithm(leaf), SignatureAlgorithm: leaf.SignatureAlgorithm.String(),
		CreatedAt: awsapi.Time{Time: c.Created}, IssuedAt: awsapi.Time{Time: c.Created}, NotBefore: awsapi.Time{Time: leaf.NotBefore}, NotAfter: awsapi.Time{Time: leaf.NotAfter},
		InUseBy: s.users(c.ARN), RenewalEligibility: "INELIGIBLE",
	}
	if !s.Clock.Now().Before(leaf.NotAfter) {
		d.Status = "EXPIRED"
	}
	return out, nil
}

func (c certificate) kind() string {
	if c.Imported {
		return "IMPORTED"
	}
	return "AMAZON_ISSUED"
}

func algorithm(leaf *x509.Certificate) string {
	if leaf.PublicKeyAlgorithm == x509.ECDSA {
		return "EC_prime256v1"
	}
	return "RSA_2048"
}

func colons(b []byte) string {
	parts := make([]string, len(b))
	for i, each := range b {
		parts[i] = fmt.Sprintf("%02x", each)
	}
	return strings.Join(parts, ":")
}

func (s *Service) users(arn string) []string {
	if s.Users == nil {
		return []string{}
	}
	return append([]string{}, s.Users(arn)...)
}

type getOutput struct{ Certificate, CertificateChain string }

func (s *Service) get(_ context.Context, in arnMember) (out getOutput, err error) {
	c, err := s.find(in.CertificateArn)
	const end = "-----END CERTIFICATE-----"
	first, rest, _ := strings.Cut(string(c.Chain), end)
	return getOutput{first + end, strings.TrimSpace(rest)}, err
}

// remove refuses a certificate that a load balancer has, as ACM does.
func (s *Service) remove(_ context.Context, in arnMember) (struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.find(in.CertificateArn); err != nil {
		return struct{}{}, err
	}
	if len(s.users(in.CertificateArn)) > 0 {
		return struct{}{}, awsapi.Errorf("ResourceInUseException", "Certificate %s in account %s is in use.", in.CertificateArn, naming.Account)
	}
	return struct{}{}, s.table.Delete(in.CertificateArn)
}

type listInput struct {
	MaxItems  int
	NextToken string
}

type summary struct{ CertificateArn, DomainName, Status, Type string }

type listOutput struct {
	CertificateSummaryList []summary
	NextToken              string `json:",omitempty"`
}

// list pages by the ARNs. A token is the last one shown.
func (s *Service) list(_ context.Context, in listInput) (out listOutput, err error) {
	all, err := s.table.All() // in the order of their ARNs
	out.CertificateSummaryList = []summary{}
	for _, c := range all {
		if c.ARN <= in.NextToken {
			continue
		}
		if n := len(out.CertificateSummaryList); n == cmp.Or(in.MaxItems, 1000) {
			out.NextToken = out.CertificateSummaryList[n-1].CertificateArn
			break
		}
		out.CertificateSummaryList = append(out.CertificateSummaryList, summary{c.ARN, c.Domain, "ISSUED", c.kind()})
	}
	return out, err
}

type tagsOutput struct{ Tags []tag }

func (s *Service) listTags(_ context.Context, in arnMember) (out tagsOutput, err error) {
	c, err := s.find(in.CertificateArn)
	out.Tags = []tag{}
	for _, key := range slices.Sorted(maps.Keys(c.Tags)) {
		out.Tags = append(out.Tags, tag{key, c.Tags[key]})
	}
	return out, err
}
