package release

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"slipway/automation/fault"
	"slipway/automation/release/ledger"
)

// asks answers what it is given and remembers what it was asked.
func asks(name string, v Verdict, err error, asked *[]Crossing) Gate {
	return Gate{Name: name, Ask: func(_ context.Context, at Crossing) (Verdict, error) {
		*asked = append(*asked, at)
		return v, err
	}}
}

func TestGates(t *testing.T) {
	refusal := &fault.Error{Op: "release to dev", Cause: "CVE-1 is critical", Code: fault.NotReady}
	yes := Verdict{Why: "nothing found"}
	for _, tt := range []struct {
		name   string
		given  func(o *Options, asked *[]Crossing)
		want   outcome
		ledger string // gates of the newest entry
	}{
		{"all pass", func(o *Options, asked *[]Crossing) {
			o.Before = []Gate{asks("scan", yes, nil, asked), asks("soak", Verdict{Skipped: true, Why: "no promotion"}, nil, asked)}
			o.After = []Gate{asks("smoke", Verdict{Accepted: true, Who: "ann", Why: "known"}, nil, asked)}
		}, outcome{outcome: Released, runs: newImage, ledger: "abababa released, 0101010 released",
			steps: "preflight=done build=done preview=done scan=done soak=skipped update=done rollout=done verify=done smoke=done record=done"},
			"[{scan passed  nothing found} {soak skipped  no promotion} {smoke accepted ann known}]"},
		{"refused before the update", func(o *Options, asked *[]Crossing) {
			o.Before = []Gate{asks("scan", Verdict{Who: "slipway:maxSeverity"}, refusal, asked), asks("soak", yes, nil, asked)}
		}, outcome{code: fault.NotReady, outcome: Failed, runs: oldImage, ledger: "abababa failed, 0101010 released",
			steps: "preflight=done build=done preview=done scan=failed", said: []string{"CVE-1 is critical"}},
			"[{scan refused slipway:maxSeverity release to dev: CVE-1 is critical}]"},
		{"refused after the rollout", func(o *Options, asked *[]Crossing) {
			o.After = []Gate{asks("smoke", Verdict{Why: "/ answered 500"}, errors.New("GET / answered 500"), asked)}
		}, outcome{code: fault.RolledBack, outcome: RolledBack, runs: oldImage, ledger: "abababa rolled back, 0101010 released",
			steps: "preflight=done build=done preview=done update=done rollout=done verify=done smoke=failed" + restored,
			said:  []string{"GET / answered 500", "0101010 serves again"}},
			"[{smoke refused  / answered 500}]"},
		{"nobody is asked when nothing changes", func(o *Options, asked *[]Crossing) {
			o.Commit.Hash, o.Source = oldCommit, sourceOf(oldCommit)
			o.Before, o.After = []Gate{asks("scan", Verdict{}, refusal, asked)}, []Gate{asks("smoke", Verdict{}, refusal, asked)}
		}, outcome{outcome: Released, runs: oldImage, ledger: "0101010 released"}, "[]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			o := w.options()
			var asked []Crossing
			tt.given(&o, &asked)
			result, err := Deploy(context.Background(), o)
			w.check(result, err, tt.want)
			all, err := w.book.List(w.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(all[0].Gates); got != tt.ledger {
				t.Errorf("gates of the ledger: %s, want %s", got, tt.ledger)
			}
			for _, at := range asked {
				if at.Image != newImage || at.Site.Previous != oldImage || at.Kind != ledger.Deploy || at.Plan.Empty() {
					t.Errorf("asked with %+v", at)
				}
			}
		})
	}
}
