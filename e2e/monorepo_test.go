package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"slipway/automation/fault"
)

// One commit is one image: the same source is not built again for another commit, and another source, here another
// app's folder, is never taken for it.
func TestImageIdentityIsTheSource(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, two := filepath.Join(w.app, "one"), filepath.Join(w.app, "two")
	for folder, colour := range map[string]string{one: "green", two: "red"} {
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		copyFile(t, filepath.Join(w.app, "app"), filepath.Join(folder, "app"), 0o755)
		copyFile(t, filepath.Join(w.app, "Dockerfile"), filepath.Join(folder, "Dockerfile"), 0o644)
		if err := os.WriteFile(filepath.Join(folder, "behaviour.json"), []byte(`{"colour":"`+colour+`"}`), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	first := w.commitAll("two apps")
	w.up("delivery")
	w.up("dev")
	w.must("deploy", "dev", "--app", one)
	w.fails(fault.NotReady, []string{"another image of this commit", "built from one (tree ", "two (tree ", "slipway:appName"}, "deploy", "dev", "--app", two)

	w.git("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "--quiet", "--allow-empty", "-m", "nothing new")
	var again struct {
		Data struct {
			Commit string
			Steps  []struct{ Name, Outcome, Note string }
		}
	}
	w.json(&again, "deploy", "dev", "--app", one, "--json")
	if again.Data.Commit == first || len(again.Data.Steps) < 3 {
		t.Fatalf("released %+v", again.Data)
	}
	if build := again.Data.Steps[1]; build.Outcome != "skipped" {
		t.Errorf("the same source under another commit: %+v", build)
	}
	if update := again.Data.Steps[2]; update.Outcome != "done" {
		t.Errorf("another commit of the same source: %+v", update)
	}
}
