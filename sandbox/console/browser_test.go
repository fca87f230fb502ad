package console

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// deadline ends a test of the browser that hangs; a cold one on a busy machine takes seconds to begin.
const deadline = 90 * time.Second

// browsers are the names under which systems install Chromium.
var browsers = []string{"chromium", "chromium-browser", "google-chrome"}

// browser is one headless Chromium for all tests of the package.
var browser = sync.OnceValues(func() (context.Context, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.WSURLReadTimeout(deadline))
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			options = append(options, chromedp.ExecPath(path))
			break
		}
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ := chromedp.NewContext(allocator)
	closing = func() { _ = chromedp.Cancel(ctx); stop() }
	return ctx, chromedp.Run(ctx)
})

var closing = func() {}

func TestMain(m *testing.M) {
	code := m.Run()
	closing()
	os.Exit(code)
}

// tab is one page of the browser, with what it complained about.
type tab struct {
	context.Context
	t *testing.T

	mu         sync.Mutex
	complaints []string
}

func openTab(t *testing.T) *tab {
	t.Helper()
	main, err := browser()
	if err != nil {
		t.Fatalf("starting one of %s, which these tests need: %v", strings.Join(browsers, ", "), err)
	}
	ctx, stop := chromedp.NewContext(main)
	t.Cleanup(stop)
	ctx, cancel := context.WithTimeout(ctx, deadline)
	t.Cleanup(cancel)
	page := &tab{Context: ctx, t: t}
	chromedp.ListenTarget(ctx, page.hear)
	page.do(log.Enable())
	return page
}

// hear collects errors of scripts, refused content and everything that the page writes to the console.
func (p *tab) hear(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *cdpruntime.EventExceptionThrown:
		p.complaints = append(p.complaints, e.ExceptionDetails.Error())
	case *cdpruntime.EventConsoleAPICalled:
		p.complaints = append(p.complaints, "console: "+string(e.Type))
	case *log.EventEntryAdded:
		p.complaints = append(p.complaints, e.Entry.Text+" "+e.Entry.URL)
	}
}

func (p *tab) do(actions ...chromedp.Action) {
	p.t.Helper()
	if err := chromedp.Run(p, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// eval evaluates a script that answers a value of type T.
func eval[T any](p *tab, script string) T {
	p.t.Helper()
	var v T
	p.do(chromedp.Evaluate(script, &v))
	return v
}

// until waits for a condition of the page.
func (p *tab) until(condition string) {
	p.t.Helper()
	var ok bool
	if err := chromedp.Run(p, chromedp.Poll(condition, &ok, chromedp.WithPollingTimeout(deadline/3))); err != nil {
		p.t.Fatalf("waiting for %s: %v; the page says\n%s", condition, err, eval[string](p, "document.body.innerText"))
	}
}

func (p *tab) quiet() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.complaints {
		p.t.Errorf("the browser complains: %s", c)
	}
}

// picture writes a screenshot when SLIPWAY_PICTURES names a folder for it.
func (p *tab) picture(name string) {
	p.t.Helper()
	dir := os.Getenv("SLIPWAY_PICTURES")
	if dir == "" {
		return
	}
	var image []byte
	p.do(chromedp.FullScreenshot(&image, 100))
	if err := os.WriteFile(filepath.Join(dir, name+".png"), image, 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func scheme(dark bool) chromedp.Action {
	value := "light"
	if dark {
		value = "dark"
	}
	return emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}})
}

// scripts switches JavaScript of the page on or off.
func scripts(on bool) chromedp.Action { return emulation.SetScriptExecutionDisabled(!on) }

// connected is true when the page's stream is open: it reads itself anew then.
const connected = `performance.getEntriesByType("resource").some(e => e.name.endsWith("/console/codesuite/codepipeline/pipelines/slipway/view?region=us-east-1"))`
