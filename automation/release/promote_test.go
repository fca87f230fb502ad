package release

import (
	"context"
	"errors"
	"strings"
	"testing"

	"slipway/automation/cloud"
	"slipway/automation/fault"
	"slipway/automation/release/ledger"
)

func TestProven(t *testing.T) {
	for name, c := range map[string]struct {
		commit string
		change func(*world)
		want   Image
		cause  string
	}{
		"what runs":            {"", nil, oldImage, ""},
		"a commit before":      {midCommit[:7], func(w *world) { w.record(ledger.Released, midImage); w.record(ledger.Released, oldImage) }, midImage, ""},
		"an unknown commit":    {newCommit, nil, Image{}, "no release of commit " + newCommit},
		"too short a hash":     {oldCommit[:6], nil, Image{}, "no release of commit"},
		"a failed release":     {newCommit, func(w *world) { w.record(ledger.Failed, newImage) }, Image{}, "its release 2 of commit " + newCommit + " was never proved: failed"},
		"a release taken back": {newCommit, func(w *world) { w.record(ledger.RolledBack, newImage) }, Image{}, "never proved: rolled back"},
		"a release whose deployer was killed": {newCommit, func(w *world) {
			w.record(ledger.InProgress, newImage)
			w.record(ledger.Released, oldImage)
		}, Image{}, "never proved: interrupted"},
		"failed, then proved": {newCommit, func(w *world) { w.record(ledger.Failed, newImage); w.record(ledger.Released, newImage) }, newImage, ""},
		"what runs was never proved": {"", func(w *world) {
			w.run(newImage)
			w.frames = succeeds(8, 7, newImage)[len(succeeds(8, 7, newImage))-1:]
			w.frames[0].at = 0
		},
			Image{}, "no release of the image that it runs was proved"},
		"no image":          {"", func(w *world) { w.outputs["Image"] = "" }, Image{}, "it runs no image yet"},
		"another image":     {"", func(w *world) { w.frames[0].running = tasks(7, newImage) }, Image{}, "0 of 2 tasks run its image"},
		"unhealthy targets": {"", func(w *world) { w.frames[0].targets = []cloud.Target(nil) }, Image{}, "0 are healthy"},
		"no environment":    {"", func(w *world) { w.outputs = map[string]any{} }, Image{}, "does not stand yet"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if c.change != nil {
				c.change(w)
			}
			got, err := Proven(context.Background(), "dev", c.commit, envStack{w}, w.book, w)
			if c.cause == "" {
				if err != nil || got.Image != c.want.Ref() || got.Commit != c.want.Commit {
					t.Errorf("got %+v, %v", got, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.cause) {
				t.Fatalf("error %v, want %q", err, c.cause)
			}
			var typed *fault.Error
			if errors.As(err, &typed) && (typed.Code != fault.NotReady || typed.Next == "") {
				t.Errorf("fault %+v", typed)
			}
		})
	}
}

// What a promotion writes into the history can be read back, and be promoted on without growing.
func TestPromotionIsRecorded(t *testing.T) {
	w := newWorld(t)
	w.push(newImage)
	o := w.options()
	w.scripts[newCommit] = succeeds
	o.Commit.Hash = newCommit
	o.Image, o.From, o.Execution = newImage.Ref(), "dev", "0f0f0f0f-0000-4000-8000-000000000000"
	o.Commit.Author, o.Commit.Subject = "Ann <a@example>", "a colour (pink)"
	result, err := Deploy(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	r := result.Release
	if r.From != "dev" || r.Execution != o.Execution || r.Subject != "a colour (pink)" || r.Author != "Ann <a@example>" {
		t.Errorf("recorded %+v", r)
	}
	o.Execution = "12"
	if _, err := Deploy(context.Background(), o); fault.CodeOf(err) != fault.BadInput {
		t.Errorf("execution 12: %v", err)
	}
}
