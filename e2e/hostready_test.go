package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// A host that says that it failed is never taken for ready again: the next up says so and makes another one.
func TestHostThatFailedIsMadeAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	events, first := w.upDelivery()
	if !strings.Contains(events, `"type":"host_ready"`) {
		t.Errorf("nobody waited for the host:\n%s", events)
	}
	if events, same := w.upDelivery(); strings.Contains(events, `"type":"host_`) || same != first {
		t.Errorf("a host that is ready was waited for again, or replaced:\n%s", events)
	}
	w.hostSays(w.output("delivery", "ArtifactBucket"), "readiness/"+first+"/failed", "packages: dnf ended with 1\nno space left\n")
	if a := w.must("preview", "delivery"); !strings.Contains(a.stdout, "replace") || !strings.Contains(a.stdout, "a month at rest") {
		t.Errorf("the preview shows no new host:\n%s", a.stdout)
	}
	events, second := w.upDelivery()
	if second == first || !strings.Contains(events, "the Jenkins host "+first+" failed to boot (packages: dnf ended with 1): it is made anew") ||
		!strings.Contains(events, `"type":"host_ready"`) {
		t.Errorf("host %s, then %s:\n%s", first, second, events)
	}
}

// upDelivery answers the events of an up and the host that the stack has then.
func (w *world) upDelivery() (events, instance string) {
	w.t.Helper()
	events = w.must("up", "delivery", "--yes", "--json").stdout
	lines := strings.Split(strings.TrimSpace(events), "\n")
	var last struct {
		Data struct{ Outputs map[string]any }
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil {
		w.t.Fatal(err)
	}
	w.outputs["delivery"] = last.Data.Outputs
	return events, w.output("delivery", "JenkinsInstance")
}

// hostSays writes an object as the host does.
func (w *world) hostSays(bucket, key, text string) {
	w.t.Helper()
	c, err := config.LoadDefaultConfig(w.t.Context(), config.WithRegion("us-east-1"), config.WithBaseEndpoint(w.get("AWS_ENDPOINT_URL")),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(w.get("AWS_ACCESS_KEY_ID"), w.get("AWS_SECRET_ACCESS_KEY"), "")))
	if err != nil {
		w.t.Fatal(err)
	}
	_, err = s3.NewFromConfig(c).PutObject(w.t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(text)})
	if err != nil {
		w.t.Fatal(err)
	}
}
