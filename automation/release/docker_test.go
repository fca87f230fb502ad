package release

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestDockerEngine(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Api-Version", "1.41")
		if !strings.HasSuffix(r.URL.Path, "/_ping") {
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	for _, key := range []string{"DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_API_VERSION"} {
		t.Setenv(key, "")
	}
	t.Setenv("DOCKER_HOST", "tcp://"+server.Listener.Addr().String())
	if err := (DockerEngine{}).Ping(context.Background()); err != nil {
		t.Errorf("an engine that answers: %v", err)
	}
	server.Close()
	if err := (DockerEngine{}).Ping(context.Background()); err == nil {
		t.Error("an engine that is gone answers")
	}
}
