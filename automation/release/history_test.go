package release

import (
	"context"
	"testing"

	"slipway/automation/engine"
)

func TestHistory(t *testing.T) {
	w := newWorld(t)
	broken := entry(5, "release abababa by Bo: two", newImage)
	broken.Result = "failed"
	infrastructure := engine.Entry{Version: 4, Kind: "update", Result: "succeeded", Message: "more instances"}
	refresh := entry(6, "", newImage)
	refresh.Kind = "refresh"
	w.entries = []engine.Entry{
		refresh, broken, infrastructure,
		entry(3, "roll back to 0101010", oldImage),
		entry(2, "release 5555555 by Cy: mid (again) [promoted from dev] [execution 0f0f0f0f-0000-4000-8000-000000000000]", midImage),
		entry(1, "release 0101010 by Ann <a@example>: first: a colour", oldImage),
	}
	got, err := History(context.Background(), envStack{w}, 10)
	if err != nil {
		t.Fatal(err)
	}
	want := []Release{
		{Version: 5, Commit: newCommit, Author: "Bo", Subject: "two", Outcome: Failed},
		{Version: 3, Commit: oldCommit, Outcome: Released},
		{Version: 2, Commit: midCommit, Author: "Cy", Subject: "mid (again)", Outcome: RolledBack,
			From: "dev", Execution: "0f0f0f0f-0000-4000-8000-000000000000"},
		{Version: 1, Commit: oldCommit, Author: "Ann <a@example>", Subject: "first: a colour", Outcome: Released},
	}
	if len(got) != len(want) {
		t.Fatalf("%d releases, want %d: %+v", len(got), len(want), got)
	}
	for i, g := range got {
		g.Image, g.Digest, g.Tag, g.Message = "", "", "", ""
		if g != want[i] {
			t.Errorf("release %d is %+v, want %+v", i, g, want[i])
		}
	}
	if image, _ := imageBefore(context.Background(), envStack{w}, newImage.Ref()); image != oldImage.Ref() {
		t.Errorf("image before is %s", image)
	}
}
