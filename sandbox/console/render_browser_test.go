package console

import (
	"testing"

	"github.com/chromedp/chromedp"
)

func TestFitsEveryScreen(t *testing.T) {
	executionPage := "/console/codesuite/codepipeline/pipelines/slipway/executions/" + second + "/timeline"
	screens := []struct {
		name   string
		width  int64
		dark   bool
		path   string
		failed bool
	}{
		{"phone-light", 375, false, view, false},
		{"phone-dark", 375, true, view, true},
		{"phone-execution", 375, false, executionPage, false},
		{"phone-list", 375, true, "/console/", false},
		{"desktop-light", 1280, false, view, false},
		{"desktop-dark", 1280, true, view, false},
		{"desktop-failed", 1280, false, view, true},
		{"desktop-execution", 1280, true, executionPage, true},
		{"desktop-list", 1280, false, "/console/", false},
	}
	for _, screen := range screens {
		t.Run(screen.name, func(t *testing.T) {
			w := newWorld()
			if screen.failed {
				w.p = failedPipeline()
			}
			page := openTab(t)
			page.do(chromedp.EmulateViewport(screen.width, 800), scheme(screen.dark), chromedp.Navigate(serve(t, w).URL+screen.path))
			page.picture(screen.name)
			if wide := eval[int64](page, "document.documentElement.scrollWidth"); wide > screen.width {
				t.Errorf("%d pixels wide on a screen of %d", wide, screen.width)
			}
			page.quiet()
		})
	}
}
