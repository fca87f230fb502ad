package images

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestHealthz(t *testing.T) {
	resp, body := startApp(t).get("/healthz")
	if resp.StatusCode != http.StatusOK || body != "ok" {
		t.Errorf("got %s %q", resp.Status, body)
	}
	if got := resp.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/plain") {
		t.Errorf("Content-Type is %q", got)
	}
}

func TestVersion(t *testing.T) {
	const imageDigest = "sha256:2222222222222222222222222222222222222222222222222222222222222222"
	for _, c := range []struct {
		name   string
		image  string // of the task's container
		digest string
	}{
		{"by digest", "host:4501/app@" + someDigest, someDigest},
		{"by tag", "host:4501/app:latest", imageDigest},
	} {
		t.Run(c.name, func(t *testing.T) {
			endpoint := serveMetadata(t, c.image)
			running := startApp(t, endpoint.env(), "SLIPWAY_DIGEST="+imageDigest, "SLIPWAY_COMMIT="+commit)
			for range 3 {
				resp, body := running.get("/version")
				if resp.Header.Get("Content-Type") != "application/json" || resp.Header.Get("Cache-Control") != "no-store" {
					t.Errorf("headers: %v", resp.Header)
				}
				var got map[string]string
				if err := json.Unmarshal([]byte(body), &got); err != nil {
					t.Fatalf("%q: %v", body, err)
				}
				want := map[string]string{"commit": commit, "digest": c.digest, "task": taskID, "colour": "steelblue"}
				if !maps.Equal(got, want) {
					t.Errorf("got %v, want %v", got, want)
				}
			}
			if asked := endpoint.asked.Load(); asked != 1 {
				t.Errorf("the metadata endpoint was asked %d times", asked)
			}
		})
	}
}

func TestPage(t *testing.T) {
	running := startApp(t, serveMetadata(t, "host:4501/app@"+someDigest).env(), "SLIPWAY_COMMIT="+commit, `SLIPWAY_ENVIRONMENT="><script>x</script>`)
	resp, body := running.get("/")
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("got %s\n%s", resp.Status, running.logs())
	}
	for _, want := range []string{
		"<h1>steelblue</h1>", "--colour: steelblue;", commit, someDigest, taskID, "width=device-width",
		"&quot;&gt;&lt;script&gt;x&lt;/script&gt;",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not in the page", want)
		}
	}
	if strings.Contains(body, "<script") {
		t.Error("the environment's name is not escaped")
	}
	if got := resp.Header.Get("Content-Security-Policy"); !strings.Contains(got, "default-src 'none'") {
		t.Errorf("Content-Security-Policy is %q", got)
	}
}

func TestWithoutMetadata(t *testing.T) {
	running := startApp(t, "SLIPWAY_DIGEST="+someDigest)
	_, body := running.get("/version")
	if want := `"task":"` + running.id[:12] + `"`; !strings.Contains(body, want) || !strings.Contains(body, someDigest) {
		t.Errorf("%s is not in %s", want, body)
	}
}

func TestMetadataThatHelpsNot(t *testing.T) {
	over := make(chan struct{})
	for name, answer := range map[string]http.HandlerFunc{
		"hangs":    func(http.ResponseWriter, *http.Request) { <-over },
		"fails":    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"is empty": func(http.ResponseWriter, *http.Request) {},
		"is text":  func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("soon")) },
	} {
		t.Run(name, func(t *testing.T) {
			running := startApp(t, serveMetadataWith(t, answer).env())
			if name == "hangs" {
				t.Cleanup(func() { close(over) }) // before the server is closed
			}
			resp, body := running.get("/version")
			if resp.StatusCode != http.StatusOK || !strings.Contains(body, running.id[:12]) {
				t.Errorf("got %s %s\n%s", resp.Status, body, running.logs())
			}
		})
	}
}

func TestContainerIsHardened(t *testing.T) {
	running := startApp(t)
	if uid := dockerCLI(t, "exec", running.id, "id", "-u"); uid == "0" {
		t.Error("the app runs as root")
	}
	resp, _ := running.get("/")
	if got := resp.Header.Get("Server"); got != "Apache" {
		t.Errorf("Server is %q", got)
	}
	if got := resp.Header.Get("X-Powered-By"); got != "" {
		t.Errorf("X-Powered-By is %q", got)
	}
	for _, c := range []struct {
		method, path string
		want         int
	}{
		{"POST", "/", 403}, {"TRACE", "/", 405}, {"GET", "/server-status", 403}, {"GET", "/icons/", 403},
		{"GET", "/colour.php", 404}, {"GET", "/src/task.php", 404}, {"GET", "/../colour.php", 400}, {"GET", "/nothing", 404},
	} {
		if resp, _ := running.do(c.method, c.path); resp.StatusCode != c.want {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, resp.StatusCode, c.want)
		}
	}
	if changed := dockerCLI(t, "diff", running.id); changed != "" {
		t.Errorf("written to: %s", changed)
	}
}

func TestLogs(t *testing.T) {
	running := startApp(t)
	running.get("/version")
	poll(t, "the request is logged", func() bool { return strings.Contains(running.logs(), `"GET /version HTTP/1.1" 200`) }, running.logs)
	if strings.Contains(running.logs(), "/healthz") {
		t.Errorf("health checks fill the log:\n%s", running.logs())
	}
}

// recolour returns a copy of the app in which one line says another colour.
func recolour(t *testing.T, colour string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "app")
	if err := os.CopyFS(dir, os.DirFS("app")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "colour.php")
	line, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(line), "steelblue", colour, 1)
	if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestChangedColourIsOneLayer(t *testing.T) {
	buildApp(t)
	buildImage(t, app+"-pink", recolour(t, "pink"))
	layers := func(image string) []string {
		return strings.Fields(dockerCLI(t, "image", "inspect", "--format", "{{join .RootFS.Layers \" \"}}", image))
	}
	before, after := layers(app), layers(app+"-pink")
	last := len(before) - 1
	if len(after) != len(before) || !slices.Equal(before[:last], after[:last]) || before[last] == after[last] {
		t.Errorf("before %v\nafter  %v", before, after)
	}
	if _, body := start(t, app+"-pink").get("/"); !strings.Contains(body, "<h1>pink</h1>") {
		t.Error("the page is not pink")
	}
}

func TestColourThatIsNone(t *testing.T) {
	buildApp(t)
	buildImage(t, app+"-wrong", recolour(t, "red;}</style><script>"))
	running := start(t, app+"-wrong")
	resp, body := running.get("/")
	if resp.StatusCode != http.StatusInternalServerError || strings.Contains(body, "script") {
		t.Errorf("got %s %q", resp.Status, body)
	}
	poll(t, "the log says why", func() bool { return strings.Contains(running.logs(), "is neither a colour") }, running.logs)
}

// The app is the same bytes in every build, from a registry that anybody may pull from.
func TestBaseImageIsPinned(t *testing.T) {
	text, err := os.ReadFile("app/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	if from := regexp.MustCompile(`(?m)^FROM (.*)$`).FindAllStringSubmatch(string(text), -1); len(from) != 1 || !regexp.MustCompile(`^`+regexp.QuoteMeta(base)+`@sha256:[0-9a-f]{64}$`).MatchString(from[0][1]) {
		t.Errorf("the base is %q", from)
	}
}
