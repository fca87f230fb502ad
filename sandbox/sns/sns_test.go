package sns_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	client "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/smithy-go"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/sns"
	"slipway/sandbox/store"
)

// What is published to a topic that exists stands in its file; what SNS refuses is refused.
func TestPublish(t *testing.T) {
	st, err := store.Open(filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	s, err := sns.New(st, "eu-west-1", sns.Options{Dir: filepath.Join(t.TempDir(), "topics")})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(awsapi.NewHandler(slog.New(slog.DiscardHandler), s.API()))
	defer server.Close()
	c := client.New(client.Options{Region: "eu-west-1", BaseEndpoint: aws.String(server.URL), Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""), RetryMaxAttempts: 1})
	made, err := c.CreateTopic(t.Context(), &client.CreateTopicInput{Name: aws.String("ops")})
	if err != nil {
		t.Fatal(err)
	}
	if all, err := c.ListTopics(t.Context(), &client.ListTopicsInput{}); err != nil || len(all.Topics) != 1 || aws.ToString(all.Topics[0].TopicArn) != aws.ToString(made.TopicArn) {
		t.Errorf("%+v, %v", all, err)
	}
	long := strings.Repeat("x", 100)
	for _, test := range []struct{ arn, subject, message, code string }{
		{aws.ToString(made.TopicArn), "a subject", "the first", ""},
		{aws.ToString(made.TopicArn), "", "the second\nin two lines", ""},
		{"arn:aws:sns:eu-west-1:000000000000:other", "", "x", "NotFound"},
		{"arn:aws:sns:us-east-1:000000000000:ops", "", "x", "InvalidParameter"},
		{aws.ToString(made.TopicArn), long, "x", "InvalidParameter"},
		{aws.ToString(made.TopicArn), "ü", "x", "InvalidParameter"},
		{aws.ToString(made.TopicArn), "", strings.Repeat("x", 256<<10+1), "InvalidParameter"},
	} {
		in := &client.PublishInput{TopicArn: aws.String(test.arn), Message: aws.String(test.message)}
		if test.subject != "" {
			in.Subject = aws.String(test.subject)
		}
		_, err := c.Publish(t.Context(), in)
		var refused smithy.APIError
		if errors.As(err, &refused); test.code == "" && err != nil || test.code != "" && (refused == nil || refused.ErrorCode() != test.code) {
			t.Errorf("%s %q: %v", test.arn, test.subject, err)
		}
	}
	text, err := os.ReadFile(s.File("ops"))
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	var last sns.Message
	if err != nil || len(lines) != 2 || json.Unmarshal([]byte(lines[1]), &last) != nil || last.Message != "the second\nin two lines" {
		t.Errorf("%q, %v", lines, err)
	}
	if _, err := c.DeleteTopic(t.Context(), &client.DeleteTopicInput{TopicArn: made.TopicArn}); err != nil {
		t.Error(err)
	}
	if _, err := c.Publish(t.Context(), &client.PublishInput{TopicArn: made.TopicArn, Message: aws.String("x")}); err == nil {
		t.Error("a topic that is gone takes a message")
	}
}
