package cli

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"slipway/automation/fault"
	"slipway/automation/project"
	"slipway/automation/release"
	"slipway/automation/ui"
)

func TestWhichFailuresAreTold(t *testing.T) {
	began := release.Result{Outcome: release.Failed}
	for name, test := range map[string]struct {
		result release.Result
		err    error
		told   bool
	}{
		"released":                    {release.Result{Outcome: release.Released}, nil, false},
		"rolled back":                 {release.Result{Outcome: release.RolledBack}, &fault.Error{Code: fault.RolledBack}, true},
		"interrupted and rolled back": {release.Result{Outcome: release.RolledBack}, &fault.Error{Code: fault.Interrupted}, true},
		"interrupted before":          {began, &fault.Error{Code: fault.Interrupted}, false},
		"not put back":                {began, &fault.Error{Code: fault.RollbackFailed}, true},
		"the build":                   {began, &fault.Error{Code: fault.BuildFailed}, true},
		"anything else":               {began, errors.New("surprise"), true},
		"not ready":                   {began, &fault.Error{Code: fault.NotReady}, false},
		"never begun":                 {release.Result{}, errors.New("surprise"), false},
	} {
		if toTell(test.result, test.err) != test.told {
			t.Errorf("%s: %v", name, !test.told)
		}
	}
}

// A release that fails by hand is published to the topic of its delivery stack, without what is secret, and its error
// stays what it was when nobody can be told.
func TestFailureIsPublished(t *testing.T) {
	var asked url.Values
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked, _ = url.ParseQuery(string(body))
		w.WriteHeader(status)
		if status == http.StatusOK {
			_, _ = io.WriteString(w, `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>`)
			return
		}
		_, _ = io.WriteString(w, `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>no</Message></Error></ErrorResponse>`)
	}))
	defer server.Close()
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "us-east-1", "AWS_PROFILE": "",
	} {
		t.Setenv(name, value)
	}
	root := newRoot(t, map[string]string{
		"Pulumi.dev.yaml":  "config:\n  slipway:kind: environment\n  slipway:deliveryStack: ship\n",
		"Pulumi.ship.yaml": "config:\n  slipway:kind: delivery\n  slipway:notifyArn: arn:aws:sns:us-east-1:000000000000:ops\n",
	})
	p, err := project.Find(root)
	if err != nil {
		t.Fatal(err)
	}
	warned := ""
	d := &Deployer{Project: p, Sink: sinkFunc(func(e ui.Event) { warned += e.(ui.Warning).Text }), Hidden: func(text string) string { return strings.ReplaceAll(text, "hunter2", "***") }}
	failed := &fault.Error{Op: "release", Cause: "the password hunter2 is wrong", Code: fault.RolledBack, Next: "slipway show dev"}
	options := release.Options{Environment: "dev", Commit: release.Commit{Hash: "0123456789"}}
	for _, status = range []int{http.StatusOK, http.StatusForbidden} {
		_, err = d.told(t.Context(), "deploy", options, release.Result{Outcome: release.RolledBack, Previous: "repo@sha256:1"}, failed)
		if !errors.Is(err, failed) {
			t.Error(err)
		}
	}
	if text := asked.Get("Message"); asked.Get("TopicArn") != "arn:aws:sns:us-east-1:000000000000:ops" || !strings.Contains(text, "the password *** is wrong") || !strings.Contains(text, "repo@sha256:1") {
		t.Errorf("%v", asked)
	}
	if !strings.Contains(warned, "AuthorizationError") {
		t.Errorf("warned: %q", warned)
	}
}

// sinkFunc is a Sink that is a function.
type sinkFunc func(ui.Event)

func (f sinkFunc) Event(e ui.Event) { f(e) }
