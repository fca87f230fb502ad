package daemon_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/sandbox"
	"slipway/sandbox/daemon"
	"slipway/sandbox/sigv4"
)

// TestASandboxOfAnOlderProgramIsRefused takes the record that such a program left.
func TestASandboxOfAnOlderProgramIsRefused(t *testing.T) {
	dir := t.TempDir()
	old := `{"id":"0a1b2c3d","region":"us-east-1","speed":10,"ports":{"api":4500,"registry":4501},"pid":1,"started":"2026-01-02T03:04:05Z"}`
	if err := os.WriteFile(filepath.Join(dir, "sandbox.json"), []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	err := daemon.Serve(t.Context(), sandbox.Defaults(dir))
	if err == nil || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "older slipway") {
		t.Errorf("serving it ends with %v", err)
	}
	left, _ := filepath.Glob(filepath.Join(dir, "*.db"))
	if len(left) != 0 {
		t.Errorf("%v was made in its folder", left)
	}
}

func TestCheck(t *testing.T) {
	const state = "arn:aws:kms:us-east-1:000000000000:key/k"
	for name, c := range map[string]struct {
		config sandbox.Config
		ok     bool
	}{
		"with both keys":              {sandbox.Config{StateKey: state, Key: sigv4.NewRoot()}, true},
		"without a key for its state": {sandbox.Config{Key: sigv4.NewRoot()}, false},
		"without a key for its user":  {sandbox.Config{StateKey: state}, false},
	} {
		if err := (daemon.Record{Config: c.config}).Check(); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
