package cli

import (
	"strings"
	"testing"

	"slipway/automation/fault"
)

func TestVersionOfTheSource(t *testing.T) {
	stamped := source
	t.Cleanup(func() { source = stamped })
	hash := strings.Repeat("0a", 32)
	source = hash
	if code, out, _ := run(t, t.TempDir(), "version", "--source"); code != fault.OK || out != hash+"\n" {
		t.Errorf("code %d, %q", code, out)
	}
	if _, out, _ := run(t, t.TempDir(), "version", "--source", "--json"); !strings.Contains(out, `"source":"`+hash+`"`) {
		t.Errorf("got %q", out)
	}
	source = ""
	code, out, said := run(t, t.TempDir(), "version", "--source")
	if code != fault.NotReady || out != "" || !strings.Contains(said, "built without one") {
		t.Errorf("code %d, %q, %q", code, out, said)
	}
}
