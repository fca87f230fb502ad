package console

import "net/http"

type listPage struct {
	frame
	Pipelines []listed
}

// listed is one line of the list.
type listed struct {
	Name string
	URL  string
	standing
	Last *executionLine
}

// list shows every pipeline.
func (c *Console) list(w http.ResponseWriter, r *http.Request) {
	names, err := c.view.Names(r.Context())
	if err != nil {
		c.broken(w, r, err)
		return
	}
	page := listPage{frame: frame{Title: "Pipelines", State: "Pipelines", Mark: markOf(""), Live: Root, Region: c.region, Refresh: 5}}
	for _, name := range names {
		p, found, err := c.view.Pipeline(r.Context(), name)
		if err != nil {
			c.broken(w, r, err)
			return
		}
		if !found {
			continue // deleted since
		}
		one := listed{Name: p.Name, URL: c.address(p.Name), standing: standingOf(p)}
		if len(p.Executions) > 0 {
			last := c.line(p, p.Executions[0])
			one.Last = &last
		}
		page.Pipelines = append(page.Pipelines, one)
	}
	c.render(w, r, http.StatusOK, "list.html", page)
}
