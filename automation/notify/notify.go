// Package notify tells people that a release failed: by a message to a topic of SNS, and by a request to a webhook.
package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"slipway/automation/ui"
)

// Message is what is told. Its JSON form is the body of a webhook's request; members come, and none goes or changes its
// meaning while Version is the same. It holds no line of a log and no evidence: those may say anything.
type Message struct {
	Version     int       `json:"version"` // 1
	Project     string    `json:"project"`
	Environment string    `json:"environment"`
	Command     string    `json:"command"` // deploy, promote, rollback or up
	Outcome     string    `json:"outcome"` // as slipway history says it: failed, rolled back, interrupted
	Code        int       `json:"code"`    // the exit code
	Cause       string    `json:"cause"`
	Serving     string    `json:"serving,omitempty"` // the commit that is known to serve; "" where that is not known
	Next        string    `json:"next,omitempty"`    // a command to go on with
	Commit      string    `json:"commit"`            // the one to release
	Author      string    `json:"author,omitempty"`
	Subject     string    `json:"subject,omitempty"` // of its message
	Execution   string    `json:"execution,omitempty"`
	URL         string    `json:"url,omitempty"` // of the app
	Time        time.Time `json:"time"`
}

// version is of the form of a Message.
const version = 1

// longest is how much is told of a text, in bytes.
const longest = 1000

// Timeout is how long each way of telling may take: a release does not wait for a receiver that hangs.
const Timeout = 10 * time.Second

// Publisher is the part of SNS that a notification needs.
type Publisher interface {
	Publish(context.Context, *sns.PublishInput, ...func(*sns.Options)) (*sns.PublishOutput, error)
}

// Notifier knows who is to be told. One without topic and webhook tells nobody.
type Notifier struct {
	Topic   string // the ARN of an SNS topic, or empty
	Webhook string // an https URL, or empty; it may be a secret as a whole
	SNS     Publisher
	HTTP    *http.Client // nil: one that follows no redirect
}

// Client is SNS where a topic is, whatever region the settings have.
func Client(settings aws.Config, topic string) (*sns.Client, error) {
	at, err := arn.Parse(topic)
	if err != nil {
		return nil, fmt.Errorf("reading the ARN of topic %q: %w", topic, err)
	}
	settings.Region = at.Region
	return sns.NewFromConfig(settings), nil
}

// Tell tells topic and webhook. Its error joins what did not work, without the webhook's URL; the context's end is not
// waited for, as a release that was interrupted is told too.
func (n Notifier) Tell(ctx context.Context, m Message) error {
	m = m.printable()
	ctx = context.WithoutCancel(ctx)
	var errs []error
	if n.Topic != "" {
		errs = append(errs, n.publish(ctx, m))
	}
	if n.Webhook != "" {
		errs = append(errs, n.post(ctx, m))
	}
	return errors.Join(errs...)
}

// publish sends the message as lines of text, which a subscription by e-mail shows as they are. A subject is at most 99
// printable ASCII characters (SNS API reference, Publish, read in November 2026).
func (n Notifier) publish(ctx context.Context, m Message) error {
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	_, err := n.SNS.Publish(ctx, &sns.PublishInput{TopicArn: aws.String(n.Topic), Subject: aws.String(m.subject()), Message: aws.String(m.text())})
	if err != nil {
		return fmt.Errorf("publish to %s: %w", n.Topic, err)
	}
	return nil
}

func (n Notifier) post(ctx context.Context, m Message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, n.Webhook, bytes.NewReader(body))
	if err != nil {
		return errors.New("ask the webhook: its URL cannot be read")
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "slipway")
	response, err := n.client().Do(request)
	if err != nil {
		return fmt.Errorf("ask the webhook: %w", withoutURL(err))
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("ask the webhook: it answered %s", response.Status)
	}
	return nil
}

func (n Notifier) client() *http.Client {
	if n.HTTP != nil {
		return n.HTTP
	}
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// withoutURL is what went wrong with a request, without the URL that net/http puts before it.
func withoutURL(err error) error {
	var asked *url.Error
	if errors.As(err, &asked) {
		return asked.Err
	}
	return err
}

// printable is the message with texts that no terminal and no receiver takes for more than text, and no longer than is read.
func (m Message) printable() Message {
	m.Version = version
	for _, text := range []*string{&m.Cause, &m.Next, &m.Subject, &m.Author, &m.Commit} {
		lines := strings.Split(*text, "\n")
		for i := range lines {
			lines[i] = ui.Printable(lines[i])
		}
		if *text = strings.Join(lines, "\n"); len(*text) > longest {
			*text = strings.ToValidUTF8((*text)[:longest], "") + "…"
		}
	}
	return m
}

const mostSubject = 99

func (m Message) subject() string {
	text := fmt.Sprintf("%s: %s of %s to %s: %s", m.Project, m.Command, m.Commit[:min(7, len(m.Commit))], m.Environment, m.Outcome)
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, text)
	return text[:min(mostSubject, len(text))]
}

// text is the message for people.
func (m Message) text() string {
	var out strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&out, "%-12s %s\n", name, strings.ReplaceAll(value, "\n", "\n             "))
		}
	}
	line(m.Command, m.Outcome)
	line("project", m.Project)
	line("environment", m.Environment)
	line("commit", m.Commit)
	line("author", m.Author)
	line("subject", m.Subject)
	line("cause", m.Cause)
	line("serving", m.Serving)
	line("app", m.URL)
	line("execution", m.Execution)
	line("next", m.Next)
	return out.String()
}
