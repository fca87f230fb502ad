package controller

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// startPlain starts a job without parameters.
func (c *Controller) startPlain(w http.ResponseWriter, r *http.Request) error {
	p, err := c.project(r)
	if err != nil {
		return err
	}
	if len(p.Parameters) > 0 {
		return &problem{http.StatusBadRequest, p.Name + " has parameters: use buildWithParameters"}
	}
	return c.start(w, r, p, nil)
}

// startWithParameters starts a job with the parameters of the query or the form. Others than the job's own are
// left out, as Jenkins does.
func (c *Controller) startWithParameters(w http.ResponseWriter, r *http.Request) error {
	p, err := c.project(r)
	if err != nil {
		return err
	}
	if len(p.Parameters) == 0 {
		return &problem{http.StatusInternalServerError, "This build is not parameterized!"}
	}
	if err := r.ParseMultipartForm(1 << 20); err != nil && err != http.ErrNotMultipart {
		return &problem{http.StatusBadRequest, "reading the form: " + err.Error()}
	}
	var values []Value
	for _, parameter := range p.Parameters {
		text := parameter.Default
		if given, ok := r.Form[parameter.Name]; ok {
			text = given[0]
		}
		v, err := parameter.value(text)
		if err != nil {
			return err
		}
		values = append(values, v)
	}
	return c.start(w, r, p, values)
}

func (p Parameter) value(text string) (Value, error) {
	if p.Trim {
		text = strings.TrimSpace(text)
	}
	switch {
	case p.Kind == "hudson.model.BooleanParameterDefinition":
		text = strconv.FormatBool(text == "true" || text == "on")
	case len(p.Choices) > 0 && !slices.Contains(p.Choices, text):
		return Value{}, &problem{http.StatusBadRequest, fmt.Sprintf("Illegal choice for parameter %s: %s", p.Name, text)}
	}
	return Value{strings.Replace(p.Kind, "ParameterDefinition", "ParameterValue", 1), p.Name, text}, nil
}

func (c *Controller) start(w http.ResponseWriter, r *http.Request, p *project, values []Value) error {
	i, err := c.enqueue(p.Name, values, userOf(r))
	if err != nil {
		return err
	}
	if r.PostFormValue("page") != "" { // from the page of the job
		http.Redirect(w, r, "/job/"+p.Name+"/", http.StatusSeeOther)
		return nil
	}
	w.Header().Set("Location", fmt.Sprintf("%squeue/item/%d/", asked(r), i.ID))
	w.WriteHeader(http.StatusCreated)
	return nil
}

// stopBuild stops a build that runs, and goes to its page.
func (c *Controller) stopBuild(w http.ResponseWriter, r *http.Request) error {
	c.mu.Lock()
	_, b, err := c.build(r)
	c.mu.Unlock()
	if err != nil {
		return err
	}
	c.abort(b, userOf(r))
	http.Redirect(w, r, fmt.Sprintf("/job/%s/%d/", b.Job, b.Number), http.StatusFound)
	return nil
}

// cancelItem takes a waiting item out of the queue.
func (c *Controller) cancelItem(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.Atoi(r.FormValue("id"))
	if err != nil {
		return &problem{http.StatusBadRequest, "id is not a number"}
	}
	cancelled, err := c.cancel(id)
	if err != nil {
		return err
	}
	if !cancelled {
		return errNotFound
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
