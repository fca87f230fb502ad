package console

import (
	"embed"
	"io/fs"
	"log/slog"
	"net/http"

	"slipway/sandbox/local"
)

// Root is the path below which every page stands.
const Root = "/console/"

// pipelines is the path of pipelines in AWS's own console, below Root.
const pipelines = Root + "codesuite/codepipeline/pipelines"

//go:embed static
var static embed.FS

// Options say where the console stands.
type Options struct {
	Region string       // the region of every pipeline
	Log    *slog.Logger // gets what a page could not show; the default logger when nil
}

// Console serves the pages.
type Console struct {
	view   Pipelines
	region string
	log    *slog.Logger
}

// New returns a Console that shows view.
func New(view Pipelines, o Options) *Console {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Console{view: view, region: o.Region, log: o.Log}
}

// Handler serves everything below Root. Requests that change something are taken from the console's own pages
// only, or from programs that are no browser.
func (c *Console) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Root+"{$}", c.list)
	mux.Handle("GET "+pipelines, http.RedirectHandler(Root, http.StatusSeeOther))
	mux.HandleFunc("GET "+pipelines+"/{name}/view", c.pipeline)
	mux.HandleFunc("GET "+pipelines+"/{name}/executions/{id}/timeline", c.execution)
	mux.HandleFunc("POST "+pipelines+"/{name}/start", c.act(c.start))
	mux.HandleFunc("POST "+pipelines+"/{name}/decide", c.act(c.decide))
	mux.HandleFunc("POST "+pipelines+"/{name}/retry", c.act(c.retry))
	mux.HandleFunc("POST "+pipelines+"/{name}/stop", c.act(c.stop))
	mux.HandleFunc("GET "+Root+"events", c.events)
	mux.Handle("GET "+Root+"static/", files())
	mux.HandleFunc(Root, c.missing)
	return local.Hosts(secured(http.NewCrossOriginProtection().Handler(mux)))
}

func files() http.Handler {
	dir, err := fs.Sub(static, "static")
	if err != nil {
		panic(err) // the folder is embedded
	}
	serve := http.StripPrefix(Root+"static/", http.FileServerFS(dir))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache") // a new binary may bring new files
		serve.ServeHTTP(w, r)
	})
}

// secured keeps foreign content out of the pages and the pages out of foreign ones.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "+
			"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}
