package notify

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
)

// topic is a Publisher that keeps what it is given.
type topic struct {
	in  *sns.PublishInput
	err error
}

func (p *topic) Publish(_ context.Context, in *sns.PublishInput, _ ...func(*sns.Options)) (*sns.PublishOutput, error) {
	p.in = in
	return &sns.PublishOutput{}, p.err
}

var failed = Message{
	Project: "shop", Environment: "prod", Command: "deploy", Outcome: "rolled back", Code: 6, Commit: "0123456789abcdef", Author: "Zoë <zoe@example.com>",
	Subject: "pink\x1b[31m", Cause: "tasks stop\nprobable cause: exit code 1", Serving: "fedcba9", Next: "slipway show prod", Time: time.Unix(1, 0).UTC(),
}

func TestTell(t *testing.T) {
	var body []byte
	var header http.Header
	server := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		header = r.Header
		body, _ = io.ReadAll(r.Body)
	}))
	defer server.Close()
	to := &topic{}
	n := Notifier{Topic: "arn:aws:sns:eu-west-1:123456789012:ops", Webhook: server.URL + "/T0/secret", SNS: to, HTTP: server.Client()}
	ended, end := context.WithCancel(t.Context())
	end() // as after Ctrl-C
	if err := n.Tell(ended, failed); err != nil {
		t.Fatal(err)
	}
	if subject := aws.ToString(to.in.Subject); subject != "shop: deploy of 0123456 to prod: rolled back" {
		t.Errorf("subject %q", subject)
	}
	text := aws.ToString(to.in.Message)
	for _, want := range []string{"rolled back", "Zoë", "probable cause: exit code 1", "slipway show prod", "fedcba9"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	var got map[string]any
	if err := json.Unmarshal(body, &got); err != nil || got["version"] != float64(1) || got["outcome"] != "rolled back" || got["environment"] != "prod" {
		t.Errorf("%s: %v", body, err)
	}
	if header.Get("Content-Type") != "application/json" || strings.Contains(text+string(body), "\x1b") {
		t.Errorf("%v\n%s\n%s", header, text, body)
	}
}

// What does not work is told without the webhook's URL, which may be a secret, and neither keeps the other from being told.
func TestTellInVain(t *testing.T) {
	redirects := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		redirects++
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}))
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	defer server.Close()
	for url, want := range map[string]string{server.URL + "/T0/secret": "307", gone.URL + "/T0/secret": "refused", "https://\x7f/secret": "cannot be read"} {
		to := &topic{err: errors.New("AuthorizationError")}
		err := Notifier{Topic: "arn:aws:sns:eu-west-1:123456789012:ops", Webhook: url, SNS: to}.Tell(t.Context(), failed)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "AuthorizationError") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", url, err)
		}
	}
	if redirects != 1 {
		t.Errorf("%d requests", redirects)
	}
	if err := (Notifier{}).Tell(t.Context(), failed); err != nil {
		t.Error(err)
	}
}

func TestWhatIsTold(t *testing.T) {
	long := failed
	long.Project, long.Cause = strings.Repeat("ü", 200), strings.Repeat("ü", 5000)
	m := long.printable()
	if len(m.Cause) > longest+len("…") || len(m.subject()) > mostSubject || strings.ContainsFunc(m.subject(), func(r rune) bool { return r > '~' }) {
		t.Errorf("%d, %q", len(m.Cause), m.subject())
	}
}

func TestClientIsWhereTheTopicIs(t *testing.T) {
	c, err := Client(aws.Config{Region: "us-east-1"}, "arn:aws:sns:eu-west-1:123456789012:ops")
	if err != nil || c.Options().Region != "eu-west-1" {
		t.Error(err)
	}
	if _, err := Client(aws.Config{}, "ops"); err == nil {
		t.Error("a name is no ARN")
	}
}
