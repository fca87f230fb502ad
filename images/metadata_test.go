package images

import (
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

const (
	taskID  = "0f3c8a51d27e4b6f9a7d5e1c2b804f63"
	taskARN = "arn:aws:ecs:us-east-1:000000000000:task/slipway-dev/" + taskID
)

// metadata is a task metadata endpoint that the tests' containers reach.
type metadata struct {
	uri   string
	asked atomic.Int32
}

// serveMetadata answers for a task of two containers, of which app has the given image.
func serveMetadata(t *testing.T, image string) *metadata {
	t.Helper()
	return serveMetadataWith(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v4/abc/task" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(`{"Cluster":"slipway-dev","TaskARN":"` + taskARN + `","Containers":[` +
			`{"Name":"aside","Image":"aside@sha256:1111"},{"Name":"app","Image":"` + image + `"}]}`))
	})
}

func serveMetadataWith(t *testing.T, answer http.HandlerFunc) *metadata {
	t.Helper()
	buildApp(t)
	gateway := dockerCLI(t, "network", "inspect", network, "--format", "{{(index .IPAM.Config 0).Gateway}}")
	listener, err := net.Listen("tcp", net.JoinHostPort(gateway, "0"))
	if err != nil {
		t.Fatal(err)
	}
	m := &metadata{uri: "http://" + listener.Addr().String() + "/v4/abc"}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.asked.Add(1)
		answer(w, r)
	}))
	_ = server.Listener.Close()
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	return m
}

// env is the variable by which ECS tells a container where its metadata is.
func (m *metadata) env() string { return "ECS_CONTAINER_METADATA_URI_V4=" + m.uri }
