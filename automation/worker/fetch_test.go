package worker

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
)

func TestArtifactsThatCannotBeUsed(t *testing.T) {
	var climbing bytes.Buffer
	z := zip.NewWriter(&climbing)
	f, err := z.Create("../../evil")
	if err == nil {
		_, err = f.Write([]byte("x"))
	}
	if err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		object []byte
		kind   string
		says   string
	}{
		{"not a zip", []byte(`{"CloneUrl":"https://example.com"}`), "ConfigurationError", "not a zip archive (34 bytes"},
		{"empty", []byte{}, "ConfigurationError", "not a zip archive (0 bytes"},
		{"climbing out", climbing.Bytes(), "JobFailed", `"../../evil" leads out of its folder`},
		{"not there", nil, "RevisionUnavailable", "the source is not there"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.bucket.object = tt.object
			w.pipeline.add("j1", nil)
			w.start()
			if kind, message := w.failure("j1"); kind != tt.kind || !strings.Contains(message, tt.says) {
				t.Errorf("%s: %s", kind, message)
			}
			if w.jenkins.count() > 0 {
				t.Error("a build was started")
			}
			w.nothingLeft()
		})
	}
}

// The credentials expire in the middle of the download: the rest is fetched with new ones.
func TestTheArtifactsCredentialsExpire(t *testing.T) {
	w := newWorld(t)
	w.bucket.breaks, w.bucket.expires = 1, true
	w.bucket.onExpired = func() {
		w.pipeline.set(func() { w.pipeline.keys["accessKeyId"] = "ASIALATER" })
	}
	w.running()
	w.jenkins.end(1, "SUCCESS", released)
	w.success("j1-c")
	if n := w.pipeline.count("GetJobDetails"); n != 1 {
		t.Errorf("the details were asked for %d times", n)
	}
	if last := w.bucket.ranges[len(w.bucket.ranges)-1]; !strings.HasPrefix(last, "bytes=") || last == "bytes=0-" {
		t.Errorf("the rest was fetched as %q", last)
	}
}

func TestCredentialsThatAreRefusedForGood(t *testing.T) {
	w := newWorld(t)
	w.bucket.valid = "ASIANEVER"
	w.pipeline.add("j1", nil)
	w.start()
	if kind, message := w.failure("j1"); kind != "PermissionError" || !strings.Contains(message, "may not be read") {
		t.Errorf("%s: %s", kind, message)
	}
	if strings.Contains(w.log.String(), "artifact-secret") || strings.Contains(w.log.String(), "artifact-token") {
		t.Error("the log has the credentials")
	}
}
