package cli

import (
	"strings"
	"testing"
	"time"

	"slipway/automation/engine"
	"slipway/automation/release/ledger"
)

func TestPrintHolders(t *testing.T) {
	since := time.Date(2026, 1, 2, 3, 4, 5, 0, time.Local)
	locked := &engine.Locked{Stack: "dev", Holders: []engine.Holder{{User: "ada", Host: "build-7", PID: 4711, Since: since}}}
	release := &ledger.Entry{Number: 12, Kind: ledger.Deploy, By: "arn:aws:iam::1:user/ada", Host: "build-7", Commit: "abcdef0123456789", Subject: "make it blue"}
	for _, test := range []struct {
		name    string
		locked  *engine.Locked
		release *ledger.Entry
		says    []string
	}{
		{"a release", locked, release, []string{"ada@build-7, process 4711", "2026-01-02 03:04:05, for 1h0m30s", "12, deploy, by arn:aws:iam::1:user/ada on build-7: abcdef012345 make it blue"}},
		{"no release", locked, nil, []string{"ada@build-7, process 4711"}},
		{"Pulumi's service", &engine.Locked{Stack: "dev"}, nil, []string{"does not say by whom"}},
	} {
		var out strings.Builder
		printHolders(&out, test.locked, test.release, since.Add(time.Hour+30*time.Second))
		for _, words := range test.says {
			if !strings.Contains(out.String(), words) {
				t.Errorf("%s: printed\n%s\nwithout %q", test.name, out.String(), words)
			}
		}
	}
}

func TestPrintUnlocked(t *testing.T) {
	var out strings.Builder
	printUnlocked(&out, unlocked{Stack: "dev", Removed: true, Pending: []engine.PendingOperation{{Operation: "updating", Resource: "service"}}})
	want := "the lock of stack dev is removed\nleft open: updating service\nsettle it: slipway up dev\n"
	if out.String() != want {
		t.Errorf("printed %q", out.String())
	}
}
