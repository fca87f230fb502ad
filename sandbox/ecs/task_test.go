package ecs

import (
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/resource"
)

func TestAwsvpcTaskSharesLocalhost(t *testing.T) {
	r := newRig(t)
	containers := []any{
		map[string]any{
			"name": "probe", "image": testImage, "essential": false, "command": []any{"check"},
			"dependsOn": []any{map[string]any{"containerName": "app", "condition": "HEALTHY"}},
		},
		map[string]any{
			"name": "app", "image": testImage, "readonlyRootFilesystem": true, "user": "65534",
			"portMappings":    []any{map[string]any{"containerPort": 8080}},
			"linuxParameters": map[string]any{"initProcessEnabled": true, "tmpfs": []any{map[string]any{"containerPath": "/tmp", "size": 8}}},
			"healthCheck":     map[string]any{"command": []any{"CMD", "/app", "check"}, "interval": 5},
		},
	}
	text, err := json.Marshal(containers)
	if err != nil {
		t.Fatal(err)
	}
	_, out, err := (definitionBehaviour{r.Service}).Create(t.Context(), resource.Properties{
		"family": str("web"), "containerDefinitions": str(string(text)), "cpu": str("256"), "memory": str("512"),
		"networkMode": str("awsvpc"), "requiresCompatibilities": property.NewArrayProperty([]property.PropertyValue{str("FARGATE")}),
	})
	if err != nil {
		t.Fatal(err)
	}
	def := out["arn"].StringValue()
	r.create(def, 1, map[string]any{
		"launchType": "FARGATE", "networkConfiguration": map[string]any{"subnets": []any{"subnet-1"}},
		"loadBalancers": []any{map[string]any{"targetGroupArn": testGroup + "ip", "containerName": "app", "containerPort": 8080}},
	})
	r.steady(def, 1)
	task := r.stateOf("RUNNING")[0]
	r.eventually("the probe's end", func() bool {
		task = r.stateOf("RUNNING")[0]
		return task.Containers[0].ExitCode != nil
	})
	if code := *task.Containers[0].ExitCode; code != 0 {
		t.Errorf("the probe of localhost exits with %d", code)
	}
	address := task.Containers[1].Interfaces[0].Address
	if a := task.Attachments; len(a) != 1 || a[0].Details[0].Value != address || address == "" {
		t.Errorf("attachments %+v, address %q", a, address)
	}
	if target := r.tasks[lastPart(task.TaskARN)].Internal.Targets[0]; target.ID != address {
		t.Errorf("target %+v; want the task's own address", target)
	}
}

func TestMetadata(t *testing.T) {
	r := newRig(t)
	def := r.define("VERSION=one")
	r.create(def, 1, nil)
	r.steady(def, 1)
	task := r.stateOf("RUNNING")[0]
	port := task.Containers[0].Bindings[0].HostPort
	read := func(path string, v any) int {
		res, err := http.Get("http://127.0.0.1:" + strconv.Itoa(port) + "/metadata?" + path)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if res.StatusCode == http.StatusOK {
			if err := json.NewDecoder(res.Body).Decode(v); err != nil {
				t.Fatal(err)
			}
		}
		return res.StatusCode
	}
	var whole taskMetadata
	read("/task", &whole)
	if whole.TaskARN != task.TaskARN || whole.Family != "web" || whole.Revision != "1" || len(whole.Containers) != 1 {
		t.Errorf("task metadata %+v", whole)
	}
	var own containerMetadata
	read("", &own)
	if own.Image != testImage || own.Name != "app" || own.DockerID != task.Containers[0].RuntimeID || !strings.HasPrefix(own.ImageID, "sha256:") {
		t.Errorf("container metadata %+v", own)
	}
	if status := read("/stats", nil); status != http.StatusNotFound {
		t.Errorf("/stats answers %d", status)
	}
}

func TestStopTask(t *testing.T) {
	r := newRig(t)
	def := r.define("VERSION=one")
	r.create(def, 1, nil)
	r.steady(def, 1)
	task := r.stateOf("RUNNING")[0]
	if _, err := r.apiStopTask(t.Context(), stopTaskInput{Cluster: "c", Task: task.TaskARN, Reason: "because"}); err != nil {
		t.Fatal(err)
	}
	r.eventually("a successor", func() bool { now := r.stateOf("RUNNING"); return len(now) == 1 && now[0].LastStatus == "RUNNING" })
	if got := r.stateOf("STOPPED")[0]; got.StopCode != "UserInitiated" || got.StoppedReason != "because" {
		t.Errorf("%s: %s", got.StopCode, got.StoppedReason)
	}
	r.steady(def, 1)
}

func TestStopServiceDeployment(t *testing.T) {
	r := newRig(t)
	one := r.define("VERSION=one")
	r.create(one, 1, nil)
	r.steady(one, 1)
	r.updateTo(r.define("UNHEALTHY=1"), 1, map[string]any{"healthCheckGracePeriodSeconds": 5000})
	list, err := r.listDeployments(t.Context(), listDeploymentsInput{Service: webARN, Status: []string{"PENDING", "IN_PROGRESS"}})
	if err != nil || len(list.Deployments) != 1 {
		t.Fatal(list, err)
	}
	arn := list.Deployments[0].ARN
	if _, err := r.stopDeployment(t.Context(), stopDeploymentInput{ARN: arn, StopType: "ABORT"}); code(err) != "InvalidParameterException" {
		t.Errorf("ABORT: %v", err)
	}
	if _, err := r.stopDeployment(t.Context(), stopDeploymentInput{ARN: arn, StopType: "ROLLBACK"}); err != nil {
		t.Fatal(err)
	}
	r.steady(one, 1)
	got, err := r.describeDeployments(t.Context(), describeDeploymentsInput{ARNs: []string{arn}})
	if err != nil || got.Deployments[0].Status != "ROLLBACK_SUCCESSFUL" || got.Deployments[0].Rollback == nil {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := r.stopDeployment(t.Context(), stopDeploymentInput{ARN: arn}); code(err) != "ConflictException" {
		t.Errorf("stopping it again: %v", err)
	}
}

func TestWithoutBreakerItGoesOnTrying(t *testing.T) {
	r := newRig(t)
	r.create(r.define("EXIT_AFTER=0s"), 1, map[string]any{"deploymentCircuitBreaker": nil})
	r.eventually("5 tasks", func() bool { return len(r.stateOf("STOPPED")) >= 5 })
	if !r.said("is unable to consistently start tasks successfully.") {
		t.Error("no event of the scheduler's wait")
	}
	if d := r.web().Deployments[0]; d.RolloutState != "IN_PROGRESS" || d.FailedTasks < 5 {
		t.Errorf("%s after %d failed tasks", d.RolloutState, d.FailedTasks)
	}
}

// login knows the password of one registry.
type login struct{ host string }

func (l login) Auth(image string) (username, password string, ok bool) {
	return "AWS", "secret", strings.HasPrefix(image, l.host)
}

func TestPullWithCredentials(t *testing.T) {
	inner := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if user, password, _ := req.BasicAuth(); user != "AWS" || password != "secret" {
			w.Header().Set("WWW-Authenticate", `Basic realm="registry"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		inner.ServeHTTP(w, req)
	}))
	t.Cleanup(server.Close)
	host := strings.TrimPrefix(server.URL, "http://")
	private := copyImage(t, host)
	t.Cleanup(func() { removeImage(private) })

	r := newRig(t)
	r.Credentials = login{host}
	def := r.define("VERSION=private", func(c map[string]any) { c["image"] = private })
	r.create(def, 1, nil)
	r.steady(def, 1)
}

func copyImage(t *testing.T, host string) string {
	t.Helper()
	from, err := name.ParseReference(testImage)
	if err != nil {
		t.Fatal(err)
	}
	img, err := remote.Image(from)
	if err != nil {
		t.Fatal(err)
	}
	to, err := name.ParseReference(host + "/private:1")
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(to, img, remote.WithAuth(&authn.Basic{Username: "AWS", Password: "secret"})); err != nil {
		t.Fatal(err)
	}
	digest, err := img.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return host + "/private@" + digest.String()
}
