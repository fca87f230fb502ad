package credential

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// helper makes the test's binary a credential helper for git, with fixed keys at a fixed time.
const helper = "CREDENTIAL_TEST_HELPER"

func TestMain(m *testing.M) {
	if os.Getenv(helper) == "" {
		os.Exit(m.Run())
	}
	ask, err := Read(os.Stdin)
	if err == nil {
		var answer Answer
		if answer, err = Sign(ask, keys, "", "", time.Date(2026, 11, 23, 12, 34, 56, 0, time.UTC)); err == nil {
			answer.Expires = time.Now().Add(time.Hour) // a git that knows of it takes no password from the past
			_, err = answer.WriteTo(os.Stdout)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// Git itself asks, configured as the command's help says.
func TestGitTakesTheAnswer(t *testing.T) {
	const scope = "credential.https://git-codecommit.*.amazonaws.com."
	git := exec.CommandContext(t.Context(), "git", "-c", scope+"helper=!"+os.Args[0], "-c", scope+"useHttpPath=true", "credential", "fill")
	git.Env = append(os.Environ(), helper+"=yes", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=")
	git.Stdin = strings.NewReader("protocol=https\nhost=git-codecommit.eu-central-1.amazonaws.com\npath=v1/repos/slipway\n\n")
	out, err := git.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{"username=AKIDEXAMPLE\n", "password=20261123T123456Z8ad7200a3f220ca0f15da41393c30302a294f99a8a4ee9ae32892f354c151989\n"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("git has\n%s\nwithout %s", out, want)
		}
	}
}
