package console

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// Limits of what a person may write, as AWS has them, and of a whole form.
const (
	longestComment = 512
	longestReason  = 200
	largestForm    = 16 << 10
)

// press is what a button does with its form. It returns what the next page says was done.
type press func(ctx context.Context, p Pipeline, form url.Values) (done url.Values, err error)

// act takes a button: the page after it is read anew, so a reload presses nothing again.
func (c *Console) act(do press) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, largestForm)
		if err := r.ParseForm(); err != nil {
			http.Error(w, "the form could not be read: "+err.Error(), http.StatusBadRequest)
			return
		}
		p, found := c.load(w, r)
		if !found {
			return
		}
		said, err := do(r.Context(), p, r.PostForm)
		if err == nil {
			said.Set("region", c.region)
			http.Redirect(w, r, c.button(p.Name, "view")+"?"+said.Encode(), http.StatusSeeOther)
			return
		}
		if p, found = c.load(w, r); found {
			c.show(w, r, http.StatusConflict, p, &notice{Text: err.Error(), Bad: true})
		}
	}
}

func (c *Console) start(ctx context.Context, p Pipeline, _ url.Values) (url.Values, error) {
	id, err := c.view.Start(ctx, p.Name)
	return url.Values{"done": {"started"}, "execution": {id}}, err
}

func (c *Console) retry(ctx context.Context, p Pipeline, form url.Values) (url.Values, error) {
	id := form.Get("execution")
	err := c.view.Retry(ctx, p.Name, form.Get("stage"), id)
	return url.Values{"done": {"retried"}, "execution": {id}}, err
}

func (c *Console) stop(ctx context.Context, p Pipeline, form url.Values) (url.Values, error) {
	id := form.Get("execution")
	err := c.view.Stop(ctx, p.Name, id, limited(form.Get("reason"), longestReason), form.Get("abandon") != "")
	return url.Values{"done": {"stopped"}, "execution": {id}}, err
}

// decide gives a decision on. One for an approval that waits no more, as after a second click, changes nothing
// and is no error: the page shows what was decided.
func (c *Console) decide(ctx context.Context, p Pipeline, form url.Values) (url.Values, error) {
	d := Decision{
		Pipeline: p.Name, Stage: form.Get("stage"), Action: form.Get("action"), Token: form.Get("token"),
		Approved: form.Get("decision") == "Approved", Comment: limited(form.Get("comment"), longestComment),
	}
	id := form.Get("execution")
	if !d.Approved && form.Get("decision") != "Rejected" {
		return nil, errNoDecision
	}
	if !waits(p, d) {
		return url.Values{"done": {"late"}, "execution": {id}}, nil
	}
	said := url.Values{"done": {"rejected"}, "execution": {id}}
	if d.Approved {
		said.Set("done", "approved")
	}
	err := c.view.Decide(ctx, d)
	if err == nil {
		return said, nil
	}
	if now, found, readErr := c.view.Pipeline(ctx, p.Name); readErr == nil && found && !waits(now, d) {
		return url.Values{"done": {"late"}, "execution": {id}}, nil
	}
	return nil, err
}

// waits says whether the approval that d answers still waits.
func waits(p Pipeline, d Decision) bool {
	for _, s := range p.Stages {
		for _, a := range s.Actions {
			if s.Name == d.Stage && a.Name == d.Action {
				return a.Token != "" && a.Token == d.Token
			}
		}
	}
	return false
}

// limited is text without the space around it, of at most n characters.
func limited(text string, n int) string {
	all := []rune(strings.TrimSpace(text))
	return string(all[:min(n, len(all))])
}
