package console

import "net/http"

type executionPage struct {
	frame
	Pipeline string
	Line     executionLine
	Stages   []stageView
}

// execution shows one execution with everything that ran in it.
func (c *Console) execution(w http.ResponseWriter, r *http.Request) {
	p, found := c.load(w, r)
	if !found {
		return
	}
	e, found, err := c.view.Execution(r.Context(), p.Name, r.PathValue("id"))
	switch {
	case err != nil:
		c.broken(w, r, err)
		return
	case !found:
		c.notFound(w, r, "Pipeline "+p.Name+" has no execution "+r.PathValue("id")+".")
		return
	}
	line := c.line(p, e)
	page := executionPage{
		frame: frame{
			Title: line.Mark.Word + " · " + short(e.ID) + " · " + p.Name, State: "Execution " + short(e.ID) + ": " + line.Mark.Word,
			Mark: line.Mark, Live: line.URL, Region: c.region, Trail: []link{{"Pipelines", Root}, {p.Name, c.address(p.Name)}},
		},
		Pipeline: p.Name, Line: line, Stages: c.stages(p, e.Stages, false),
	}
	if line.Active {
		page.Refresh = 5
	}
	c.render(w, r, http.StatusOK, "execution.html", page)
}
