package console

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A change shows without a reload, and leaves alone what the reader is doing.
func TestLive(t *testing.T) {
	w := newWorld()
	page := openTab(t)
	comment := "#comment-" + token
	page.do(chromedp.EmulateViewport(1280, 800), chromedp.Navigate(serve(t, w).URL+view))
	page.until(connected)
	page.do(
		chromedp.Evaluate("window.mine = true", nil), chromedp.Click(".stop summary"),
		chromedp.SendKeys(comment, "half a th"),
	)
	w.change(func(p *Pipeline) {
		dev := &p.Stages[1]
		dev.Status, dev.Execution, dev.Inbound = InProgress, third, nil
		dev.Actions[0] = Action{Name: "Deploy", Provider: "slipway-jenkins", RunOrder: 1, Status: InProgress, Start: time.Now(), Percent: 40}
		fourth := p.Executions[0]
		p.Executions[0].Status, fourth.ID = InProgress, "44444444-aaaa-4bbb-8ccc-000000000004"
		p.Executions = append([]Execution{fourth}, p.Executions...)
	})
	page.until(`document.querySelector("#stage-dev .state").innerText.includes("In progress")`)
	page.until(`document.querySelectorAll(".history > li").length === 4`)
	page.until(`document.querySelector("#stage-dev .ticking").innerText.endsWith("s")`)
	page.do(chromedp.SendKeys(comment, "ought"))
	for _, still := range []string{
		`window.mine === true`, // the page was not loaded again
		`document.querySelector("` + comment + `").value === "half a thought"`,
		`document.activeElement.id === "comment-` + token + `"`,
		`document.querySelector("#stop-` + third + `").open`,
	} {
		if !eval[bool](page, still) {
			t.Errorf("not any more: %s", still)
		}
	}
	w.change(func(p *Pipeline) { // somebody else decides
		p.Stages[2].Status, p.Stages[2].Actions[0].Status, p.Stages[2].Actions[0].Token = Failed, Failed, ""
	})
	page.until(`document.title.startsWith("In progress in dev")`)
	page.until(`document.getElementById("spoken").textContent === "slipway: In progress in dev"`)
	if !eval[bool](page, `document.activeElement.id === "live" && !document.querySelector(".approval")`) {
		t.Error("the form that is gone kept the focus, or the form is there")
	}
	page.quiet()
}

// Approving works with and without JavaScript, and the page says what was approved.
func TestApproveInBrowser(t *testing.T) {
	for _, script := range []bool{true, false} {
		t.Run(map[bool]string{true: "with JavaScript", false: "without JavaScript"}[script], func(t *testing.T) {
			w := newWorld()
			page := openTab(t)
			page.do(scripts(script), chromedp.EmulateViewport(375, 800), chromedp.Navigate(serve(t, w).URL+view),
				chromedp.SendKeys("#comment-"+token, "looks good"), chromedp.Click("#approve-"+token), chromedp.WaitVisible(".notice"))
			var notice, stage string
			page.do(chromedp.Text(".notice", &notice), chromedp.Text("#stage-staging", &stage))
			if notice != "Approved: 7c3e9d1f “change color to pink” goes on." || !strings.Contains(stage, "Succeeded") || !strings.Contains(stage, "looks good") {
				t.Errorf("the page says %q and\n%s", notice, stage)
			}
			if want := []string{"approve staging/Approve looks good"}; !slices.Equal(w.presses(), want) {
				t.Errorf("pressed %q, want %q", w.presses(), want)
			}
			page.quiet()
		})
	}
}

// Texts of others are texts: nothing in them runs or loads.
func TestHostileTextInBrowser(t *testing.T) {
	w := newWorld()
	w.p = hostilePipeline()
	server := serve(t, w)
	for _, path := range []string{view, "/console/", "/console/codesuite/codepipeline/pipelines/slipway/executions/" + second + "/timeline"} {
		page := openTab(t)
		page.do(chromedp.EmulateViewport(375, 800), chromedp.Navigate(server.URL+path))
		w.change(func(p *Pipeline) { p.Executions[0].Cause = hostile + " again" }) // also what is swapped in
		if path == view {
			page.until(`document.querySelector(".why").innerText.endsWith("again")`)
		}
		if eval[bool](page, `"pwned" in window || document.querySelector("main img, main script, a[href^='javascript'], [onerror]") !== null`) {
			t.Errorf("%s: a text became a part of the page", path)
		}
		if wide := eval[int](page, "document.documentElement.scrollWidth"); wide > 375 {
			t.Errorf("%s is %d pixels wide", path, wide)
		}
		page.quiet()
	}
}

// A server that comes back is found again, and what changed in between is shown.
func TestReconnects(t *testing.T) {
	w := newWorld()
	server := serve(t, w)
	page := openTab(t)
	page.do(chromedp.Navigate(server.URL + view))
	page.until(connected)
	server.CloseClientConnections()
	w.change(func(p *Pipeline) { p.Stages[1].Status = Failed })
	page.until(`document.querySelector("#stage-dev .state").innerText.includes("Failed")`)
	page.until(`document.getElementById("offline").hidden`)
}
