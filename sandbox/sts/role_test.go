package sts_test

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	client "github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/jonboulle/clockwork"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/sigv4"
	"slipway/sandbox/store"
	"slipway/sandbox/sts"
)

// identify is what the sandbox's front does with keys.
func identify(keys *sigv4.Keys) awsapi.Identify {
	return func(r *http.Request) (awsapi.Caller, error) {
		who, err := keys.Verify(r)
		if err != nil || who.Role == nil {
			return awsapi.Caller{}, err
		}
		return awsapi.Caller{ARN: who.Role.ARN(), UserID: who.Role.UserID()}, nil
	}
}

// A session of a role is known by its keys, in both protocols; keys that do not hold are refused in their words.
func TestSessionsOfRoles(t *testing.T) {
	st, err := store.Open(filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	clock := clockwork.NewFakeClockAt(time.Now())
	keys, err := sigv4.New(st, sigv4.NewRoot(), clock)
	if err != nil {
		t.Fatal(err)
	}
	issue := func(ttl time.Duration) sigv4.Credentials {
		c, err := keys.Assume(sigv4.Role{Name: "jenkins", ID: "AROA0", Session: "i-0a"}, ttl)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	expired, good := issue(time.Minute), issue(time.Hour)
	clock.Advance(2 * time.Minute)
	wrong, untold, unknown := good, good, good
	wrong.SecretAccessKey, untold.SessionToken, unknown.AccessKeyID = "wrong", "wrong", "ASIAXXXXXXXXXXXXXXXX"
	containers := awsapi.Service{Name: "ecs", Protocol: awsapi.JSON, Actions: map[string]awsapi.Action{}}
	server := httptest.NewServer(awsapi.NewIdentifyingHandler(slog.New(slog.DiscardHandler), identify(keys), sts.New(nil).API(), containers))
	defer server.Close()
	for name, c := range map[string]struct {
		with        sigv4.Credentials
		query, json string // error codes
	}{
		"good":          {good, "", "UnknownOperationException"},
		"expired":       {expired, "ExpiredToken", "ExpiredTokenException"},
		"wrong secret":  {wrong, "SignatureDoesNotMatch", "InvalidSignatureException"},
		"another token": {untold, "InvalidClientTokenId", "UnrecognizedClientException"},
		"unknown":       {unknown, "InvalidClientTokenId", "UnrecognizedClientException"},
	} {
		config := aws.Config{
			Region: "us-east-1", BaseEndpoint: &server.URL, Retryer: func() aws.Retryer { return aws.NopRetryer{} },
			Credentials: credentials.NewStaticCredentialsProvider(c.with.AccessKeyID, c.with.SecretAccessKey, c.with.SessionToken),
		}
		out, err := client.NewFromConfig(config).GetCallerIdentity(t.Context(), nil)
		if codeOf(err) != c.query {
			t.Errorf("%s: sts says %v, want %q", name, err, c.query)
		}
		if err == nil && (*out.Arn != "arn:aws:sts::000000000000:assumed-role/jenkins/i-0a" || *out.UserId != "AROA0:i-0a") {
			t.Errorf("%s: it is %s, %s", name, *out.Arn, *out.UserId)
		}
		if _, err := ecs.NewFromConfig(config).ListClusters(t.Context(), nil); codeOf(err) != c.json {
			t.Errorf("%s: ecs says %v, want %q", name, err, c.json)
		}
	}
}

func codeOf(err error) string {
	var known smithy.APIError
	if errors.As(err, &known) {
		return known.ErrorCode()
	}
	return ""
}
