package cli

import (
	"os/exec"
	"strings"
	"testing"
)

func TestOlder(t *testing.T) {
	folder := t.TempDir()
	git := func(args ...string) string {
		out, err := exec.Command("git", append([]string{"-C", folder, "-c", "user.name=a", "-c", "user.email=a@b"}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	git("init", "--quiet")
	var commits []string
	for range 2 {
		git("commit", "--quiet", "--allow-empty", "--message", "one more")
		commits = append(commits, git("rev-parse", "HEAD"))
	}
	first, second := commits[0], commits[1]
	for pair, want := range map[[2]string]bool{{first, second}: true, {second, first}: false, {strings.Repeat("a", 40), second}: false, {"--help", second}: false} {
		if got := older(t.Context(), folder, pair[0], pair[1]); got != want {
			t.Errorf("%s is older than %s: %v", pair[0], pair[1], got)
		}
	}
}
