package sts_test

import (
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	client "github.com/aws/aws-sdk-go-v2/service/sts"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
	"slipway/sandbox/sts"
)

func TestGetCallerIdentity(t *testing.T) {
	s := httptest.NewServer(awsapi.NewHandler(slog.New(slog.DiscardHandler), sts.New(nil).API()))
	defer s.Close()
	c, err := config.LoadDefaultConfig(t.Context(), config.WithRegion("us-east-1"), config.WithBaseEndpoint(s.URL),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("any", "any", "")))
	if err != nil {
		t.Fatal(err)
	}
	out, err := client.NewFromConfig(c).GetCallerIdentity(t.Context(), &client.GetCallerIdentityInput{})
	if err != nil {
		t.Fatal(err)
	}
	if *out.Account != naming.Account || *out.Arn != naming.CallerARN || *out.UserId != naming.CallerID {
		t.Errorf("caller is %s %s %s", *out.Account, *out.Arn, *out.UserId)
	}
}
