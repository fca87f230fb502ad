package exec

import (
	"bytes"
	"os/exec"
	"testing"

	"github.com/google/shlex"
)

func TestCoded(t *testing.T) {
	tests := []struct {
		text, want string
		code       int // -1: none
	}{
		{"hello\r\n\x1eslipway 0\x1e", "hello\r\n", 0},
		{"\x1eslipway 137\x1e", "", 137},
		{"a\x1eb\x1eslipwreck 3\x1e", "a\x1eb\x1eslipwreck 3\x1e", -1},
		{"\x1e\x1eslipway 4\x1e", "\x1e", 4},
		{"no code", "no code", -1},
	}
	for _, test := range tests {
		for size := 1; size <= len(test.text); size++ {
			var out bytes.Buffer
			c := &Coded{To: &out}
			for rest := []byte(test.text); len(rest) > 0; rest = rest[min(size, len(rest)):] {
				if n, err := c.Write(rest[:min(size, len(rest))]); err != nil || n != min(size, len(rest)) {
					t.Fatal(n, err)
				}
			}
			if err := c.Rest(); err != nil {
				t.Fatal(err)
			}
			if out.String() != test.want || c.Told != (test.code >= 0) || c.Told && c.Code != test.code {
				t.Errorf("%q in pieces of %d: %q, code %d %v", test.text, size, out.String(), c.Code, c.Told)
			}
		}
	}
}

// The agent's way of splitting a line, and a real shell, bring back words and exit code.
func TestWithCode(t *testing.T) {
	words := []string{"sh", "-c", `printf '%s|' "$@"; exit 7`, "x", "a b", `it's`, `"$HOME"`, ""}
	split, err := shlex.Split(WithCode(words))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	c := &Coded{To: &out}
	cmd := exec.Command(split[0], split[1:]...)
	cmd.Stdout = c
	if err := cmd.Run(); err != nil || out.String() != `a b|it's|"$HOME"||` || c.Code != 7 || !c.Told {
		t.Errorf("%v: printed %q, code %d", err, out.String(), c.Code)
	}
}
