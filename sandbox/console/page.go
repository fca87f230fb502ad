package console

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"fmt"
	"html/template"
	"net/http"
)

//go:embed template/*.html
var templates embed.FS

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"parts": parts, "moment": moment, "short": short, "firstLine": firstLine,
}).ParseFS(templates, "template/*.html"))

// frame is what every page has around its content.
type frame struct {
	Title   string // begins with the state, so that a tab shows it
	State   string // the state in one sentence, read aloud when it changes
	Mark    mark   // the icon of the tab
	Live    string // where the page's own content is read anew
	Region  string
	Trail   []link // the way to this page
	Refresh int    // seconds between reloads without JavaScript, 0 for none
	Notice  *notice
}

type link struct{ Text, URL string }

// notice is what became of a button that was pressed.
type notice struct {
	Text string
	Bad  bool
}

// render writes a page with its ETag, or only says that it has not changed.
func (c *Console) render(w http.ResponseWriter, r *http.Request, code int, name string, data any) {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, data); err != nil {
		c.broken(w, r, err)
		return
	}
	h := w.Header()
	tag := fmt.Sprintf(`"%x"`, sha256.Sum256(page.Bytes()))
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", tag)
	if code == http.StatusOK && r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.WriteHeader(code)
	_, _ = w.Write(page.Bytes())
}

// broken answers a request for which the console itself has no answer.
func (c *Console) broken(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return
	}
	c.log.Error("showing a page", "path", r.URL.Path, "error", err)
	http.Error(w, "this page could not be made: "+err.Error(), http.StatusInternalServerError)
}

type missingPage struct {
	frame
	Text string
}

// missing answers for what is not there.
func (c *Console) missing(w http.ResponseWriter, r *http.Request) {
	c.notFound(w, r, "There is no page here.")
}

func (c *Console) notFound(w http.ResponseWriter, r *http.Request, text string) {
	c.render(w, r, http.StatusNotFound, "missing.html", missingPage{
		frame: frame{Title: "Not found", State: text, Mark: markOf(""), Region: c.region, Trail: []link{{"Pipelines", Root}}},
		Text:  text,
	})
}
