package sandbox

import (
	"os"
	"strings"
	"testing"
)

// Every variable that a host of the sandbox has and a host on AWS has not is in the documentation.
func TestWhatAHostIsLentIsDocumented(t *testing.T) {
	for _, name := range engineVariables {
		t.Setenv(name, "given")
	}
	text, err := os.ReadFile("../docs/sandbox.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, variable := range Defaults(t.TempDir()).hostEnvironment() {
		name, _, _ := strings.Cut(variable, "=")
		if !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("docs/sandbox.md does not name %s", name)
		}
	}
}
