package e2e

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"slipway/automation/pipeline"
)

// BenchmarkPush is the time from git push to the first answer of the new version, beside the same done by hand with
// docker, and what the pipeline spends it on.
func BenchmarkPush(b *testing.B) {
	a := newAuthor(b, onlyDev, "dev")
	a.sampleFiles()
	a.ends(a.pushAll("warm-up"), "Succeeded")
	url := a.output("dev", "AppURL") + "/version"
	hand := newHand(b, a.world)
	hand.deploy("warm-up")
	var push, byHand, ratios, source, deploy []float64
	for i := 0; b.Loop(); i++ {
		a.paint(2*i + 1)
		begun := time.Now()
		a.send()
		a.answers(url, strings.TrimSpace(a.git("rev-parse", "HEAD")))
		p := time.Since(begun).Seconds()
		r := a.ends(strings.TrimSpace(a.git("rev-parse", "HEAD")), "Succeeded")
		a.paint(2*i + 2)
		h := seconds(func() { hand.deploy(strconv.Itoa(i)) })
		push, byHand, ratios = append(push, p), append(byHand, h), append(ratios, p/h)
		source, deploy = append(source, took(r, "Source")), append(deploy, took(r, "Deploy"))
	}
	b.ReportMetric(median(push), "s/push-to-live")
	b.ReportMetric(median(byHand), "s/by-hand")
	b.ReportMetric(median(ratios), "push/by-hand")
	b.ReportMetric(median(source), "s/source")
	b.ReportMetric(median(deploy), "s/deploy")
}

func (a *author) pushAll(message string) string {
	a.t.Helper()
	a.git("add", "--all", ":/")
	hash := a.commitAll(message)
	a.send()
	return hash
}

// answers waits until the app says that it is this commit.
func (a *author) answers(url, commit string) {
	a.t.Helper()
	deadline, tick := time.Now().Add(time.Minute), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for {
		if res, err := http.Get(url); err == nil {
			var version struct{ Commit string }
			_ = json.NewDecoder(res.Body).Decode(&version)
			res.Body.Close()
			if version.Commit == commit {
				return
			}
		}
		if <-tick.C; time.Now().After(deadline) {
			a.t.Fatalf("%s is not served within a minute", commit)
		}
	}
}

// took is how long an action lasted.
func took(r pipeline.Result, action string) float64 {
	for _, one := range r.Actions {
		if one.Name == action {
			return one.End.Sub(one.Start).Seconds()
		}
	}
	return 0
}
