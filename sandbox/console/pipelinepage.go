package console

import (
	"net/http"
	"net/url"
)

type pipelinePage struct {
	frame
	Name     string
	Mode     string
	Sentence string
	StartURL string
	Stages   []stageView
	History  []executionLine
	Older    int // executions that are not listed
}

// newest is how many executions a pipeline's page lists.
const newest = 50

// executionLine is one execution in a list.
type executionLine struct {
	Execution
	Mark     mark
	URL      string
	Lasted   string
	Revision *Revision
	Active   bool
	Stop     *stopForm // nil when there is nothing to stop
}

type stopForm struct{ URL, Execution string }

// pipeline shows one pipeline.
func (c *Console) pipeline(w http.ResponseWriter, r *http.Request) {
	p, found := c.load(w, r)
	if !found {
		return
	}
	c.show(w, r, http.StatusOK, p, done(r.URL.Query(), p))
}

// load reads the pipeline of a request, and answers the request itself when there is none.
func (c *Console) load(w http.ResponseWriter, r *http.Request) (Pipeline, bool) {
	name := r.PathValue("name")
	if region := r.URL.Query().Get("region"); region != "" && region != c.region {
		c.notFound(w, r, "There is no pipeline "+name+" in "+region+": everything here is in "+c.region+".")
		return Pipeline{}, false
	}
	p, found, err := c.view.Pipeline(r.Context(), name)
	switch {
	case err != nil:
		c.broken(w, r, err)
	case !found:
		c.notFound(w, r, "There is no pipeline "+name+".")
	}
	return p, found && err == nil
}

func (c *Console) show(w http.ResponseWriter, r *http.Request, code int, p Pipeline, n *notice) {
	at := standingOf(p)
	page := pipelinePage{
		frame: frame{
			Title: at.Sentence + " · " + p.Name, State: p.Name + ": " + at.Sentence, Mark: at.Mark, Live: c.address(p.Name),
			Region: c.region, Trail: []link{{"Pipelines", Root}}, Notice: n,
		},
		Name: p.Name, Mode: p.Mode, Sentence: at.Sentence,
		StartURL: c.button(p.Name, "start"), Stages: c.stages(p, p.Stages, true),
	}
	if !at.waits { // a reload would lose the comment that somebody writes
		page.Refresh = 5
	}
	listed := p.Executions[:min(newest, len(p.Executions))]
	page.Older = len(p.Executions) - len(listed)
	for _, e := range listed {
		page.History = append(page.History, c.line(p, e))
	}
	c.render(w, r, code, "pipeline.html", page)
}

func (c *Console) line(p Pipeline, e Execution) executionLine {
	l := executionLine{
		Execution: e, Mark: markOf(e.Status), Lasted: lasted(e.Start, e.End), Active: active(e.Status),
		URL: pipelines + "/" + url.PathEscape(p.Name) + "/executions/" + url.PathEscape(e.ID) + "/timeline" + c.query(),
	}
	if len(e.Revisions) > 0 {
		l.Revision = &e.Revisions[0]
	}
	if e.Status == InProgress || e.Status == Queued {
		l.Stop = &stopForm{URL: c.button(p.Name, "stop"), Execution: e.ID}
	}
	return l
}

// address is where a pipeline's page stands, as in AWS's own console.
func (c *Console) address(name string) string {
	return pipelines + "/" + url.PathEscape(name) + "/view" + c.query()
}

func (c *Console) button(name, what string) string {
	return pipelines + "/" + url.PathEscape(name) + "/" + what
}

func (c *Console) query() string { return "?region=" + url.QueryEscape(c.region) }
