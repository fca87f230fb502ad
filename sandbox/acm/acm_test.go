package acm

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	client "github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/smithy-go"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/store"
)

func TestCertificatesOfTheAuthority(t *testing.T) {
	dir := t.TempDir()
	st, err := store.Open(filepath.Join(dir, "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	var used []string
	options := Options{File: filepath.Join(dir, "authority.pem"), Secret: []byte("secret"), Users: func(string) []string { return used }}
	s, err := New(st, "us-east-1", options)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(awsapi.NewHandler(slog.New(slog.DiscardHandler), s.API()))
	defer server.Close()
	api := client.NewFromConfig(aws.Config{
		Region: "us-east-1", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""), RetryMaxAttempts: 1,
	})
	ctx := t.Context()
	in := &client.RequestCertificateInput{DomainName: aws.String("shop.example"), SubjectAlternativeNames: []string{"*.shop.example"}, IdempotencyToken: aws.String("once"), ValidationMethod: types.ValidationMethodDns}
	made, err := api.RequestCertificate(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	again, err := api.RequestCertificate(ctx, in)
	if err != nil || *again.CertificateArn != *made.CertificateArn {
		t.Errorf("with its token it is %v, %v", again, err)
	}
	shown, err := api.DescribeCertificate(ctx, &client.DescribeCertificateInput{CertificateArn: made.CertificateArn})
	if err != nil || shown.Certificate.Status != types.CertificateStatusIssued || len(shown.Certificate.SubjectAlternativeNames) != 2 {
		t.Errorf("it is %+v, %v", shown, err)
	}
	got, err := api.GetCertificate(ctx, &client.GetCertificateInput{CertificateArn: made.CertificateArn})
	if err != nil {
		t.Fatal(err)
	}
	authority, err := os.ReadFile(options.File)
	if err != nil || strings.TrimSpace(string(authority)) != *got.CertificateChain {
		t.Errorf("the chain is not the authority's: %v", err)
	}
	block, _ := pem.Decode([]byte(*got.Certificate))
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	for _, name := range []string{"shop.example", "www.shop.example", "localhost", "127.0.0.1"} {
		if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s, err = New(st, "us-east-1", options); err != nil { // a restart keeps the authority and the keys
		t.Fatal(err)
	}
	served, err := s.TLS(*made.CertificateArn)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(served.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	private := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})
	imported, err := api.ImportCertificate(ctx, &client.ImportCertificateInput{Certificate: []byte(*got.Certificate), PrivateKey: private, CertificateChain: authority})
	if err != nil {
		t.Fatal(err)
	}
	list, err := api.ListCertificates(ctx, &client.ListCertificatesInput{MaxItems: aws.Int32(1)})
	if err != nil || len(list.CertificateSummaryList) != 1 || list.NextToken == nil {
		t.Errorf("a page is %+v, %v", list, err)
	}
	used = []string{"arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/web/1"}
	refuses(t, "ResourceInUseException", func() error {
		_, err := api.DeleteCertificate(ctx, &client.DeleteCertificateInput{CertificateArn: imported.CertificateArn})
		return err
	})
	used = nil
	if _, err := api.DeleteCertificate(ctx, &client.DeleteCertificateInput{CertificateArn: imported.CertificateArn}); err != nil {
		t.Error(err)
	}
	refuses(t, "ResourceNotFoundException", func() error {
		_, err := api.DescribeCertificate(ctx, &client.DescribeCertificateInput{CertificateArn: imported.CertificateArn})
		return err
	})
	refuses(t, "ValidationException", func() error {
		_, err := api.RequestCertificate(ctx, &client.RequestCertificateInput{DomainName: aws.String("no name")})
		return err
	})
	refuses(t, "ValidationException", func() error {
		_, err := api.ImportCertificate(ctx, &client.ImportCertificateInput{Certificate: authority, PrivateKey: private})
		return err
	})
}

func refuses(t *testing.T, code string, call func() error) {
	t.Helper()
	var refused smithy.APIError
	if err := call(); !errors.As(err, &refused) || refused.ErrorCode() != code {
		t.Errorf("%v is not %s", err, code)
	}
}
