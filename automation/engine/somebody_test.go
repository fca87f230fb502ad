package engine

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"

	"slipway/automation/project"
)

// A number without a name works, as a container that is run under one does: pulumi is given a name for it, and a home.
func TestWhoeverHasNoName(t *testing.T) {
	const asks = "SLIPWAY_TEST_NOBODY"
	p := &project.Project{Root: "/shop"}
	if os.Getenv(asks) != "" {
		os.Stdout.WriteString(strings.Join(somebody(p), " ") + "\n")
		return
	}
	for _, c := range []struct {
		has, want []string
	}{
		{nil, []string{"HOME=/shop/.slipway/home", "USER=uid-54321"}},
		{[]string{"HOME=/home/ci"}, []string{"USER=uid-54321"}},
		{[]string{"HOME=/home/ci", "USER=ci"}, nil},
	} {
		got := asNobody(t, append(c.has, asks+"=1"))
		if slices.Sort(got); !slices.Equal(got, c.want) {
			t.Errorf("with %q pulumi gets %q, want %q", c.has, got, c.want)
		}
	}
}

// asNobody runs the test in a process of a user that nothing on this machine names, and answers the words that it printed.
func asNobody(t *testing.T, env []string) []string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root becomes another user")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.Open(self) // its folder is closed to others
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	cmd := exec.Command("/proc/self/fd/3", "-test.run", "TestWhoeverHasNoName$")
	cmd.ExtraFiles, cmd.Env, cmd.Dir = []*os.File{program}, env, "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 54321, Gid: 54321}}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	line, _, _ := strings.Cut(string(out), "\n")
	if line == "PASS" {
		return nil
	}
	return strings.Fields(line)
}
