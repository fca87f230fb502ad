package controller

import (
	"bytes"
	"embed"
	"html/template"
	"io"
	"net/http"
	"time"
)

//go:embed pages
var pageFiles embed.FS

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"time": func(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") },
	"took": func(d time.Duration) string { return d.Round(100 * time.Millisecond).String() },
}).ParseFS(pageFiles, "pages/*.html"))

// mostShown is how many bytes of a log its page shows: the end of it.
const mostShown = 256 << 10

// page is what every page knows.
type page struct {
	Title string
	User  string
	Crumb string
	Live  bool // shows something that still moves
	From  string
	Wrong bool
	Jobs  []jobRow
	Job   jobRow
	Items []item
	Build buildRow
	Log   string
	Cut   bool  // the log begins before what is shown
	Size  int64 // of the log
}

type jobRow struct {
	Job
	Builds []buildRow // newest first
}

type buildRow struct{ Build }

// State is the result, or that there is none yet.
func (b buildRow) State() string {
	if b.Result == "" {
		return "RUNNING"
	}
	return string(b.Result)
}

func (c *Controller) show(w http.ResponseWriter, r *http.Request, name string, p page) error {
	p.User = userOf(r)
	if p.User != "" {
		p.Crumb = c.crumb(p.User, sessionID(w, r))
	}
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, p); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html;charset=utf-8")
	w.Header().Set("X-Frame-Options", "sameorigin")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b.Bytes()) // a client that has gone needs no answer
	return nil
}

func (c *Controller) loginPage(w http.ResponseWriter, r *http.Request) {
	_, wrong := r.URL.Query()["error"]
	if err := c.show(w, r, "login.html", page{Title: "Sign in", From: local(r.FormValue("from")), Wrong: wrong}); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func (c *Controller) dashboardPage(w http.ResponseWriter, r *http.Request) error {
	p := page{Title: "Dashboard"}
	c.mu.Lock()
	for _, name := range c.Jobs() {
		p.Jobs = append(p.Jobs, row(c.jobs[name], 1))
	}
	p.Items = c.waiting("")
	p.Live = len(c.runs) > 0 || len(p.Items) > 0
	c.mu.Unlock()
	return c.show(w, r, "dashboard.html", p)
}

func (c *Controller) jobPage(w http.ResponseWriter, r *http.Request) error {
	found, err := c.project(r)
	if err != nil {
		return err
	}
	c.mu.Lock()
	p := page{Title: found.Name, Job: row(found, mostBuilds), Items: c.waiting(found.Name)}
	c.mu.Unlock()
	p.Live = len(p.Items) > 0
	for _, b := range p.Job.Builds {
		p.Live = p.Live || b.running()
	}
	return c.show(w, r, "job.html", p)
}

func (c *Controller) buildPage(w http.ResponseWriter, r *http.Request) error {
	c.mu.Lock()
	found, b, err := c.build(r)
	if err != nil {
		c.mu.Unlock()
		return err
	}
	p := page{Job: jobRow{Job: found.Job}, Build: buildRow{*b}, Live: b.running()}
	c.mu.Unlock()
	p.Title = p.Job.Name + " #" + r.PathValue("build")
	log, size, _, err := c.logged(r, 0)
	if err != nil {
		return err
	}
	defer log.Close()
	if p.Size = size; size > mostShown {
		p.Cut = true
		if _, err := log.Seek(size-mostShown, io.SeekStart); err != nil {
			return err
		}
	}
	text, err := io.ReadAll(io.LimitReader(log, min(size, mostShown)))
	if err != nil {
		return err
	}
	p.Log = string(text)
	return c.show(w, r, "build.html", p)
}

// row copies a job with its newest builds. The caller holds the lock.
func row(p *project, most int) jobRow {
	j := jobRow{Job: p.Job}
	for i := len(p.builds) - 1; i >= 0 && len(j.Builds) < most; i-- {
		j.Builds = append(j.Builds, buildRow{*p.builds[i]})
	}
	return j
}

// waiting copies what waits in the queue, of one job or of all. The caller holds the lock.
func (c *Controller) waiting(job string) []item {
	var all []item
	for _, i := range c.queue.Items {
		if i.waiting() && (job == "" || i.Job == job) {
			all = append(all, *i)
		}
	}
	return all
}
