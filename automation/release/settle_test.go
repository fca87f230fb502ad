package release

import (
	"context"
	"net/http"
	"testing"

	"slipway/automation/fault"
)

func TestSettle(t *testing.T) {
	for _, tt := range []struct {
		name  string
		given func(w *world, o *Options)
		want  outcome
	}{
		{"nothing of the service changed", func(w *world, o *Options) {},
			outcome{outcome: Released, runs: oldImage, steps: "look=done rollout=skipped health=done verify=done record=skipped", ledger: "0101010 released"}},
		{"a variable changed", func(w *world, o *Options) { w.run(oldImage) },
			outcome{outcome: Released, runs: oldImage, steps: "look=done rollout=done health=done verify=done record=done", ledger: "0101010 released, 0101010 released"}},
		{"a variable that the app does not survive", func(w *world, o *Options) { w.scripts[oldCommit] = crashes; w.run(oldImage) },
			outcome{code: fault.RolledBack, outcome: RolledBack, runs: oldImage, steps: "look=done rollout=failed return: rollout=done return: health=done return: verify=done",
				ledger: "0101010 rolled back, 0101010 released", said: []string{"changing stack dev", "keep stopping", "0101010 serves again"}}},
		{"ECS went back by itself", func(w *world, o *Options) { w.scripts[oldCommit] = breaker; w.run(oldImage) },
			outcome{code: fault.RolledBack, outcome: RolledBack, runs: oldImage, ledger: "0101010 rolled back, 0101010 released"}},
		{"a health path that the app does not know", func(w *world, o *Options) {
			o.HealthPath, o.HealthStatus = "/nope", "200"
			w.health = http.StatusNotFound
		}, outcome{code: fault.RollbackFailed, outcome: Failed, runs: oldImage, steps: "look=done rollout=skipped health=failed", ledger: "0101010 released",
			said: []string{"the update is made, but the app does not answer as it should", "404", "undo the change in Pulumi.dev.yaml, then slipway up dev"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			o := w.options()
			o.Image, o.Commit = oldImage.Ref(), Commit{Hash: oldCommit}
			tt.given(w, &o)
			result, err := Settle(context.Background(), o, arn(7))
			w.check(result, err, tt.want)
		})
	}
}

// ECS went back before, from the very task definition that the stack has: the update mended why, and ECS is asked again.
func TestSettleAsksECSAgain(t *testing.T) {
	w := newWorld(t)
	o := w.options()
	o.Image, o.Commit = oldImage.Ref(), Commit{Hash: oldCommit}
	w.run(oldImage)
	w.shows(breaker(8, 7, oldImage))
	result, err := Settle(context.Background(), o, arn(8))
	w.check(result, err, outcome{outcome: Released, runs: oldImage, ledger: "0101010 released, 0101010 released",
		steps: "look=done rollout=done health=done verify=done record=done"})
}

// An update that changes nothing of a task definition that was taken back asks ECS for it again, and takes it back again.
func TestSettleTriesAgainWhatWasTakenBack(t *testing.T) {
	w := newWorld(t)
	o := w.options()
	o.Image, o.Commit = oldImage.Ref(), Commit{Hash: oldCommit}
	w.scripts[oldCommit] = crashes
	w.run(oldImage)
	for range 2 { // ECS ran 7 before each
		if _, err := Settle(context.Background(), o, arn(7)); fault.CodeOf(err) != fault.RolledBack {
			t.Fatal(err)
		}
	}
}

// What an update left serving is not taken for the release that it tried: the next deploy tries it again.
func TestDeployAfterAnUpdateWasTakenBack(t *testing.T) {
	w := newWorld(t)
	o := w.options()
	o.Image, o.Commit = oldImage.Ref(), Commit{Hash: oldCommit}
	w.scripts[oldCommit] = crashes
	w.run(oldImage)
	if _, err := Settle(context.Background(), o, arn(7)); fault.CodeOf(err) != fault.RolledBack {
		t.Fatal(err)
	}
	w.scripts[oldCommit] = succeeds
	result, err := Deploy(context.Background(), o)
	w.check(result, err, outcome{outcome: Released, runs: oldImage, ledger: "0101010 released, 0101010 rolled back, 0101010 released",
		steps: "preflight=done build=skipped preview=done update=done rollout=done verify=done record=done"})
}
