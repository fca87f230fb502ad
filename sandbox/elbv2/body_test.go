package elbv2

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"

	"slipway/sandbox/network"
)

// large is a body that no buffer on the way holds.
var large = strings.Repeat("0123456789abcdef", 4<<10)

// A client that keeps its connection sends large bodies. An app that reads them answers with the last byte, while the load
// balancer may still look for more; one that does not answers while the body is under way.
func TestAnAnswerToALargeBodyIsWhole(t *testing.T) {
	x := fresh(t)
	url, arn := x.web(nil)
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/early" {
			_, _ = io.WriteString(w, large)
			return
		}
		_, _ = io.Copy(w, whole(t, r.Body))
	}))
	defer echo.Close()
	address := echo.Listener.Addr().String()
	if err := x.Register(context.Background(), arn, "echo", address, network.Place{}); err != nil {
		t.Fatal(err)
	}
	x.reaches(arn, "echo", address, Healthy)
	var wg sync.WaitGroup
	for i := range 8 * runtime.GOMAXPROCS(0) {
		path := []string{"/echo", "/early"}[i%2]
		wg.Go(func() {
			for range 250 {
				if err := sends(url + path); err != nil {
					t.Errorf("%s: %v", path, err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// whole reads a body to its end.
func whole(t *testing.T, body io.Reader) io.Reader {
	all, err := io.ReadAll(body)
	if err != nil {
		t.Error(err)
	}
	return bytes.NewReader(all)
}

// sends posts a large body, to which the answer is the same one.
func sends(url string) error {
	resp, err := http.Post(url, "text/plain", strings.NewReader(large))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err == nil && (resp.StatusCode != http.StatusOK || string(got) != large) {
		err = fmt.Errorf("status %d with %d bytes", resp.StatusCode, len(got))
	}
	return err
}
