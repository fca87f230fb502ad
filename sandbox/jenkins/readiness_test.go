package jenkins_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// said is what the site's host wrote about its boot, the last of each kind; empty for none.
func (x *site) said(name string) string {
	all := x.bucket.texts("artifacts/readiness/" + x.instance + "/" + name)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}

// A host says at which step its boot is, and that it is ready.
func TestReadiness(t *testing.T) {
	x := newStand(t).build(same)
	eventually(t, "the host's own word", func() bool { return x.said("ok") != "" })
	var ok struct {
		At      time.Time
		Seconds *int
	}
	if err := json.Unmarshal([]byte(x.said("ok")), &ok); err != nil || time.Since(ok.At) > time.Minute || ok.Seconds == nil {
		t.Errorf("%v in %s", err, x.said("ok"))
	}
	if err := x.soon(); err != nil {
		t.Errorf("it says that it is ready, and %v", err)
	}
	var steps []string
	for i, text := range x.bucket.texts("artifacts/readiness/" + x.instance + "/progress") {
		var p struct {
			Step       string
			Number, Of int
			At         time.Time
		}
		if err := json.Unmarshal([]byte(text), &p); err != nil || p.Number != i+2 || p.Of != 10 || p.At.IsZero() {
			t.Errorf("progress %d is %s (%v)", i, text, err)
		}
		steps = append(steps, p.Step)
	}
	const want = "metadata volume files secrets deployer jobs jenkins start ready"
	if got := strings.Join(steps, " "); got != want {
		t.Errorf("the steps are %s, want %s", got, want)
	}
	if x.said("failed") != "" {
		t.Errorf("it failed: %s", x.said("failed"))
	}
}

// A host with a binary that is not the one it was promised never becomes ready; the next one, with the right one, does.
func TestHostThatFailsIsReplaced(t *testing.T) {
	x := newStand(t).build(replace("SLIPWAY_BINARY_SHA256=", "SLIPWAY_BINARY_SHA256=0"))
	eventually(t, "the failure", func() bool { return x.said("failed") != "" })
	first, rest, _ := strings.Cut(x.said("failed"), "\n")
	contains(t, first, "deployer: s3://artifacts/slipway/", "has the SHA-256")
	contains(t, rest, "slipway: boot: volume\n", "slipway: boot: deployer\n")
	if lines := strings.Count(rest, "\n"); lines > 40 {
		t.Errorf("it shows %d lines", lines)
	}
	if err := x.ready(); err == nil || x.said("ok") != "" {
		t.Errorf("it is ready: %v, %s", err, x.said("ok"))
	}
	x.replace(same)
	eventually(t, "the second host's own word", func() bool { return x.said("ok") != "" })
	if err := x.ready(); err != nil {
		t.Error(err)
	}
}
