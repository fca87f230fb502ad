package ecs

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/ecs/engine"
	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
	"slipway/sandbox/store"
)

// testImage is the reference of the test program's image, by digest, in a registry of this process.
var testImage string

func TestMain(m *testing.M) {
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	var err error
	if testImage, err = pushImage(strings.TrimPrefix(server.URL, "http://")); err != nil {
		fmt.Fprintln(os.Stderr, "making the test image:", err)
		os.Exit(1)
	}
	code := m.Run()
	server.Close()
	removeImage(testImage)
	os.Exit(code)
}

// removeImage takes an image that a test had pulled off the engine again.
func removeImage(ref string) {
	docker, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	if err == nil {
		defer docker.Close()
		_, err = docker.ImageRemove(context.Background(), ref, image.RemoveOptions{Force: true})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "removing the test image:", err)
	}
}

// pushImage builds the program in testdata and pushes an image with nothing else in it.
func pushImage(host string) (string, error) {
	folder, err := os.MkdirTemp("", "ecs-test")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	binary := filepath.Join(folder, "app")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, "./testdata/app")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	program, err := os.ReadFile(binary)
	if err != nil {
		return "", err
	}
	var layer bytes.Buffer
	w := tar.NewWriter(&layer)
	if err := w.WriteHeader(&tar.Header{Name: "app", Mode: 0o755, Size: int64(len(program))}); err != nil {
		return "", err
	}
	if _, err := w.Write(program); err != nil {
		return "", err
	}
	w.Close()
	l, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(layer.Bytes())), nil })
	if err != nil {
		return "", err
	}
	img, err := mutate.AppendLayers(empty.Image, l)
	if err != nil {
		return "", err
	}
	return push(img, host)
}

func push(img v1.Image, host string) (string, error) {
	img, err := mutate.ConfigFile(img, configured(img))
	if err != nil {
		return "", err
	}
	ref, err := name.ParseReference(host + "/app:1")
	if err != nil {
		return "", err
	}
	if err := remote.Write(ref, img); err != nil {
		return "", err
	}
	digest, err := img.Digest()
	return host + "/app@" + digest.String(), err
}

func configured(img v1.Image) *v1.ConfigFile {
	file, err := img.ConfigFile()
	if err != nil {
		panic(err)
	}
	file = file.DeepCopy()
	file.OS, file.Architecture = "linux", "amd64"
	file.Config.Entrypoint = []string{"/app"}
	return file
}

// rig is ECS over real Docker, with a load balancer and logs made for the test.
type rig struct {
	*Service
	t        *testing.T
	balancer *balancer
	logs     *lines
	config   Config
	stop     func()
	path     string // of the state
}

const testGroup = "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/web/0123456789abcdef"

func newRig(t *testing.T) *rig {
	t.Helper()
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	st, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	id := "test-" + naming.Hex(8)
	docker, err := engine.New(id)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, path: path, balancer: newBalancer(), logs: newLines("app")}
	r.config = Config{ID: id, Store: st, Region: "us-east-1", Engine: docker, Balancer: r.balancer, Logs: r.logs, Speed: 50}
	r.run()
	t.Cleanup(func() {
		r.stop()
		if err := docker.Purge(context.Background()); err != nil {
			t.Error(err)
		}
		docker.Close()
		st.Close()
	})
	if _, _, err := (clusterBehaviour{r.Service}).Create(t.Context(), resource.Properties{"name": str("c")}); err != nil {
		t.Fatal(err)
	}
	return r
}

// run starts a Service on the rig's state, as the sandbox does at its start; stop is its end, the containers run on.
func (r *rig) run() {
	r.t.Helper()
	s, err := New(r.config)
	if err != nil {
		r.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	r.Service = s
	r.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			r.t.Error("Run:", err)
		}
		r.stop = func() {}
	}
	select {
	case <-s.ready:
	case err := <-ended:
		r.t.Fatal("Run:", err)
	case <-time.After(20 * time.Second):
		r.t.Fatal("Run is not ready")
	}
}

// define registers a revision of the family web whose container has this environment, and returns its ARN.
func (r *rig) define(env string, change ...func(container map[string]any)) string {
	r.t.Helper()
	c := map[string]any{
		"name": "app", "image": testImage, "memory": 64, "stopTimeout": 2,
		"portMappings": []any{map[string]any{"containerPort": 8080, "hostPort": 0}},
		"logConfiguration": map[string]any{"logDriver": "awslogs", "options": map[string]any{
			"awslogs-group": "app", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "web",
		}},
	}
	var vars []any
	for _, kv := range strings.Fields(env) {
		k, v, _ := strings.Cut(kv, "=")
		vars = append(vars, map[string]any{"name": k, "value": v})
	}
	c["environment"] = vars
	for _, f := range change {
		f(c)
	}
	text, err := json.Marshal([]any{c})
	if err != nil {
		r.t.Fatal(err)
	}
	in := resource.Properties{
		"family": str("web"), "containerDefinitions": str(string(text)), "executionRoleArn": str("arn:aws:iam::000000000000:role/execution"),
	}
	_, out, err := (definitionBehaviour{r.Service}).Create(r.t.Context(), in)
	if err != nil {
		r.t.Fatal(err)
	}
	return out["arn"].StringValue()
}

func serviceProperties(definition string, desired int, more map[string]any) resource.Properties {
	m := map[string]any{
		"name": "web", "cluster": "c", "taskDefinition": definition, "desiredCount": desired,
		"deploymentCircuitBreaker": map[string]any{"enable": true, "rollback": true},
		"loadBalancers":            []any{map[string]any{"targetGroupArn": testGroup, "containerName": "app", "containerPort": 8080}},
	}
	for k, v := range more {
		if m[k] = v; v == nil {
			delete(m, k)
		}
	}
	return property.NewPropertyMapFromMap(m)
}

const webARN = "arn:aws:ecs:us-east-1:000000000000:service/c/web"

func (r *rig) create(definition string, desired int, more map[string]any) {
	r.t.Helper()
	id, _, err := (serviceBehaviour{r.Service}).Create(r.t.Context(), serviceProperties(definition, desired, more))
	if err != nil || id != webARN {
		r.t.Fatal(id, err)
	}
}

func (r *rig) updateTo(definition string, desired int, more map[string]any) {
	r.t.Helper()
	if _, err := (serviceBehaviour{r.Service}).Update(r.t.Context(), webARN, serviceProperties(definition, desired, more)); err != nil {
		r.t.Fatal(err)
	}
}

// web is what DescribeServices says.
func (r *rig) web() serviceView {
	r.t.Helper()
	out, err := r.describeServices(r.t.Context(), describeServicesInput{Cluster: "c", Services: []string{"web"}})
	if err != nil || len(out.Services) != 1 {
		r.t.Fatal(out, err)
	}
	return out.Services[0]
}

// stateOf lists the tasks with a desired status, as DescribeTasks shows them.
func (r *rig) stateOf(desired string) []taskView {
	r.t.Helper()
	listed, err := r.listTasks(r.t.Context(), listTasksInput{Cluster: "c", ServiceName: "web", DesiredStatus: desired})
	if err != nil {
		r.t.Fatal(err)
	}
	if len(listed.ARNs) == 0 {
		return nil
	}
	out, err := r.describeTasks(r.t.Context(), describeTasksInput{Cluster: "c", Tasks: listed.ARNs})
	if err != nil || len(out.Failures) > 0 {
		r.t.Fatal(out.Failures, err)
	}
	return out.Tasks
}

// eventually polls until the condition holds.
func (r *rig) eventually(what string, condition func() bool) {
	r.t.Helper()
	deadline := time.Now().Add(40 * time.Second)
	for !condition() {
		if time.Now().After(deadline) {
			v := r.web()
			text, _ := json.MarshalIndent(map[string]any{"deployments": v.Deployments, "events": v.Events, "stopped": r.stateOf("STOPPED")}, "", " ")
			r.t.Fatalf("not reached: %s\n%s", what, text)
		}
		<-time.After(20 * time.Millisecond)
	}
}

func (r *rig) steady(definition string, running int) {
	r.t.Helper()
	r.eventually(fmt.Sprintf("%d tasks of %s in steady state", running, lastPart(definition)), func() bool {
		v := r.web()
		return len(v.Deployments) == 1 && v.Deployments[0].RolloutState == "COMPLETED" && v.RunningCount == running &&
			v.PendingCount == 0 && v.TaskDefinition == definition && len(v.Events) > 0 &&
			strings.HasSuffix(v.Events[0].Message, "has reached a steady state.")
	})
}

func (r *rig) said(text string) bool {
	for _, e := range r.web().Events {
		if strings.Contains(e.Message, text) {
			return true
		}
	}
	return false
}

// get asks a running task.
func get(t *testing.T, task taskView, path string) string {
	t.Helper()
	res, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d%s", task.Containers[0].Bindings[0].HostPort, path))
	if err != nil {
		return ""
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	return string(body)
}
