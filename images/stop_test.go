package images

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A stop finishes the request that a process is at work on, and then the container ends well.
func TestStopFinishesTheRequestInFlight(t *testing.T) {
	shared := slowPage(t)
	buildApp(t)
	running := start(t, app, "--volume", shared+":/var/www/html/slow:ro")
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+running.addr+"/slow/slow.php", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	if !lines.Scan() || lines.Text() != "begun" {
		t.Fatalf("got %s %q", resp.Status, lines.Text())
	}

	stopped := make(chan error, 1)
	go func() { stopped <- exec.Command("docker", "stop", "--time", "20", running.id).Run() }()
	poll(t, "the server is told to stop", func() bool { return strings.Contains(running.logs(), "shutting down gracefully") }, running.logs)
	if err := os.WriteFile(filepath.Join(shared, "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if !lines.Scan() || lines.Text() != "done" || lines.Scan() || lines.Err() != nil {
		t.Errorf("the request in flight was dropped after %q: %v\n%s", lines.Text(), lines.Err(), running.logs())
	}
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	if code := dockerCLI(t, "inspect", "--format", "{{.State.ExitCode}}", running.id); code != "0" {
		t.Errorf("exit code %s\n%s", code, running.logs())
	}
}

// slowPage returns a folder with testdata/slow.php in it, which the container's user may read.
func slowPage(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	page, err := os.ReadFile("testdata/slow.php")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "slow.php"), page, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, mode := range map[string]os.FileMode{dir: 0o755, filepath.Join(dir, "slow.php"): 0o644} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
