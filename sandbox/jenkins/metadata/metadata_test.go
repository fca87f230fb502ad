package metadata_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/jonboulle/clockwork"

	"slipway/sandbox/jenkins/metadata"
)

// rig is a metadata service on a port.
type rig struct {
	t     *testing.T
	url   string
	clock *clockwork.FakeClock
	role  string // "" for none
	made  int    // credentials
}

func newRig(t *testing.T, optional bool) *rig {
	r := &rig{t: t, clock: clockwork.NewFakeClockAt(time.Now()), role: "slipway-delivery-jenkins-0a1"}
	server := httptest.NewServer(metadata.New(metadata.Options{
		Clock: r.clock,
		Instance: metadata.Instance{
			ID: "i-0a", Type: "t3.medium", Image: "ami-1", Account: "000000000000", Region: "eu-central-1", Zone: "eu-central-1a",
			Architecture: "x86_64", PrivateIP: "10.0.0.4", HostName: "slipway-jenkins", Profile: "arn:aws:iam::000000000000:instance-profile/p",
			Launched: time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC), Optional: optional,
		},
		Role: func(context.Context) (metadata.Role, bool, error) {
			return metadata.Role{Name: r.role, Assume: r.assume}, r.role != "", nil
		},
	}))
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

func (r *rig) assume(ttl time.Duration) (metadata.Credentials, error) {
	r.made++
	return metadata.Credentials{
		AccessKeyID: fmt.Sprint("ASIA", r.made), SecretAccessKey: "secret", SessionToken: "token", Expires: r.clock.Now().Add(ttl),
	}, nil
}

func (r *rig) do(method, path string, header ...string) (int, string) {
	r.t.Helper()
	request, err := http.NewRequest(method, r.url+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// session is a token that holds for a time.
func (r *rig) session(seconds string) string {
	r.t.Helper()
	status, token := r.do(http.MethodPut, "/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds", seconds)
	if status != http.StatusOK {
		r.t.Fatalf("PUT for a token: %d", status)
	}
	return token
}

func TestTokens(t *testing.T) {
	r := newRig(t, false)
	for name, c := range map[string]struct {
		method string
		header []string
		want   int
	}{
		"no lifetime":         {http.MethodPut, nil, 400},
		"no number":           {http.MethodPut, []string{"X-aws-ec2-metadata-token-ttl-seconds", "soon"}, 400},
		"nothing":             {http.MethodPut, []string{"X-aws-ec2-metadata-token-ttl-seconds", "0"}, 400},
		"longer than 6 hours": {http.MethodPut, []string{"X-aws-ec2-metadata-token-ttl-seconds", "21601"}, 400},
		"by a proxy":          {http.MethodPut, []string{"X-aws-ec2-metadata-token-ttl-seconds", "60", "X-Forwarded-For", "192.0.2.1"}, 403},
		"6 hours":             {http.MethodPut, []string{"X-aws-ec2-metadata-token-ttl-seconds", "21600"}, 200},
		"a POST":              {http.MethodPost, nil, 405},
	} {
		if got, _ := r.do(c.method, "/latest/api/token", c.header...); got != c.want {
			t.Errorf("%s: status %d, want %d", name, got, c.want)
		}
	}
	const id = "/latest/meta-data/instance-id"
	token := r.session("60")
	if got, text := r.do(http.MethodGet, id, "X-aws-ec2-metadata-token", token); got != 200 || text != "i-0a" {
		t.Errorf("with a token: %d %q", got, text)
	}
	r.clock.Advance(time.Minute)
	for name, header := range map[string][]string{"no token": nil, "another": {"X-aws-ec2-metadata-token", "x"}, "an expired": {"X-aws-ec2-metadata-token", token}} {
		if got, _ := r.do(http.MethodGet, id, header...); got != 401 {
			t.Errorf("%s: status %d, want 401", name, got)
		}
	}
	if got, _ := newRig(t, true).do(http.MethodGet, id); got != 200 {
		t.Errorf("without a token, where that is allowed: status %d", got)
	}
}

func TestTree(t *testing.T) {
	r := newRig(t, false)
	token := r.session("60")
	for path, want := range map[string]string{
		"placement/region": "eu-central-1", "placement/availability-zone": "eu-central-1a", "placement/": "availability-zone\nregion",
		"placement": "availability-zone\nregion", "instance-type": "t3.medium", "local-ipv4": "10.0.0.4",
		"iam/security-credentials/": r.role, "iam/security-credentials": r.role, "iam/": "info\nsecurity-credentials/",
	} {
		if status, text := r.do(http.MethodGet, "/latest/meta-data/"+path, "X-aws-ec2-metadata-token", token); status != 200 || text != want {
			t.Errorf("%s: %d %q, want %q", path, status, text, want)
		}
	}
	if _, text := r.do(http.MethodGet, "/latest/meta-data/", "X-aws-ec2-metadata-token", token); !strings.HasPrefix(text, "ami-id\nhostname\niam/\n") {
		t.Errorf("the root is %q", text)
	}
	r.role = ""
	for _, path := range []string{"iam/security-credentials/", "iam/security-credentials/x", "iam/info", "iam/", "nothing", "user-data/x"} {
		if status, _ := r.do(http.MethodGet, "/latest/meta-data/"+path, "X-aws-ec2-metadata-token", token); status != 404 {
			t.Errorf("%s without a role: status %d, want 404", path, status)
		}
	}
	if status, _ := r.do(http.MethodGet, "/other", "X-aws-ec2-metadata-token", token); status != 404 {
		t.Errorf("outside the tree: status %d", status)
	}
}

func TestCredentialsAreRenewedBeforeTheyExpire(t *testing.T) {
	r := newRig(t, false)
	ask := func() (key string, left time.Duration) {
		t.Helper()
		_, text := r.do(http.MethodGet, "/latest/meta-data/iam/security-credentials/"+r.role, "X-aws-ec2-metadata-token", r.session("60"))
		var got struct {
			Code, Type, AccessKeyID, Token string
			Expiration                     time.Time
		}
		if err := json.Unmarshal([]byte(text), &got); err != nil || got.Code != "Success" || got.Type != "AWS-HMAC" || got.Token != "token" {
			t.Fatalf("%v in %s", err, text)
		}
		return got.AccessKeyID, got.Expiration.Sub(r.clock.Now()).Round(time.Minute)
	}
	if key, left := ask(); key != "ASIA1" || left != 6*time.Hour {
		t.Errorf("the first are %s for %s", key, left)
	}
	r.clock.Advance(4*time.Hour + 50*time.Minute)
	if key, _ := ask(); key != "ASIA1" {
		t.Errorf("%s while the first hold for more than an hour", key)
	}
	r.clock.Advance(20 * time.Minute)
	if key, left := ask(); key != "ASIA2" || left != 6*time.Hour {
		t.Errorf("before the first expire: %s for %s", key, left)
	}
	r.role = "another"
	if key, _ := ask(); key != "ASIA3" {
		t.Errorf("of another role: %s", key)
	}
}

// The SDK finds region, credentials and identity by the one variable that it has for this.
func TestSDK(t *testing.T) {
	r := newRig(t, false)
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", t.TempDir())
	t.Setenv("AWS_EC2_METADATA_DISABLED", "")
	t.Setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", r.url)
	c, err := config.LoadDefaultConfig(t.Context(), config.WithEC2IMDSRegion())
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Credentials.Retrieve(t.Context())
	if err != nil || got.AccessKeyID != "ASIA1" || got.SessionToken != "token" || !got.CanExpire || c.Region != "eu-central-1" {
		t.Errorf("%+v in %q, %v", got, c.Region, err)
	}
	var document struct{ InstanceID, AccountID, PrivateIP, Version string }
	_, text := r.do(http.MethodGet, "/latest/dynamic/instance-identity/document", "X-aws-ec2-metadata-token", r.session("60"))
	if err := json.Unmarshal([]byte(text), &document); err != nil || document.InstanceID != "i-0a" ||
		document.AccountID != "000000000000" || document.PrivateIP != "10.0.0.4" || document.Version != "2017-09-30" {
		t.Errorf("%v in %s", err, text)
	}
}
