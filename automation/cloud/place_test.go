package cloud

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// A stack's own region, profile and role go before those of the environment.
func TestSettingsFollowTheStack(t *testing.T) {
	isolate(t)
	var assumed string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		assumed = r.Form.Get("RoleArn") + " " + r.Form.Get("ExternalId")
		_, _ = w.Write([]byte(`<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`))
	}))
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(file, []byte("[profile prod]\nregion = eu-west-3\naws_access_key_id = prod\naws_secret_access_key = x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CONFIG_FILE", file)
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	t.Setenv("AWS_REGION", "us-east-1")
	tests := []struct {
		name        string
		at          Place
		region, key string
	}{
		{"nothing", Place{}, "us-east-1", "test"},
		{"a region", Place{Region: "eu-west-1"}, "eu-west-1", "test"},
		{"a profile", Place{Region: "eu-west-3", Profile: "prod"}, "eu-west-3", "prod"},
		{"a role", Place{Role: Role{ARN: "arn:aws:iam::1:role/deploy", ExternalID: "e"}}, "us-east-1", "ASIA"},
	}
	for _, test := range tests {
		settings, err := Settings(t.Context(), test.at)
		if err != nil {
			t.Fatal(err)
		}
		keys, err := settings.Credentials.Retrieve(t.Context())
		if err != nil || settings.Region != test.region || keys.AccessKeyID != test.key {
			t.Errorf("%s: %s, %s, %v", test.name, settings.Region, keys.AccessKeyID, err)
		}
	}
	if assumed != "arn:aws:iam::1:role/deploy e" {
		t.Errorf("assumed %q", assumed)
	}
}

// One call that failed is asked again, and 150 instances take two calls.
func TestHostsOfInstances(t *testing.T) {
	c, e := open(t, map[string]answer{"ecs.DescribeContainerInstances": {400, `{"__type":"AccessDeniedException"}`}})
	tasks := []types.Task{}
	for range 150 {
		arn := "arn:aws:ecs:us-east-1:000000000000:container-instance/dev/ci1"
		tasks = append(tasks, types.Task{ContainerInstanceArn: &arn}, types.Task{})
	}
	if found := c.hostsOf(context.Background(), "dev", tasks); len(found) != 0 {
		t.Errorf("found %v", found)
	}
	delete(e.replace, "ecs.DescribeContainerInstances")
	before := e.calls.Load()
	var asking sync.WaitGroup
	for range 2 {
		asking.Go(func() {
			if found := c.hostsOf(context.Background(), "dev", tasks); len(found) != 1 {
				t.Errorf("found %v", found)
			}
		})
	}
	asking.Wait()
	_ = c.hostsOf(context.Background(), "dev", tasks)
	if calls := e.calls.Load() - before; calls > 2 {
		t.Errorf("%d calls for what is known", calls)
	}
	for i := range tasks {
		arn := "arn:aws:ecs:us-east-1:000000000000:container-instance/dev/" + strings.Repeat("x", i+1)
		tasks[i].ContainerInstanceArn = &arn
	}
	before = e.calls.Load()
	_ = c.hostsOf(context.Background(), "dev", tasks[:150])
	if calls := e.calls.Load() - before; calls != 2 {
		t.Errorf("%d calls for 150 instances", calls)
	}
}
