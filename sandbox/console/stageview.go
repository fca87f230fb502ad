package console

// stageView is one stage as a page shows it.
type stageView struct {
	Stage
	Mark     mark
	Entry    *executionLine  // the execution that is or was in it
	Waiting  []executionLine // what waits to enter
	Actions  []actionView
	RetryURL string // empty when there is nothing to try again
}

// actionView is one action as a page shows it.
type actionView struct {
	Action
	ID       string // of the element, the same as long as the action is
	Mark     mark
	Lasted   string
	Running  bool
	Page     string // the run's own page, when it is on the web
	Log      string
	Approval *approval
}

// approval is the form that takes a decision.
type approval struct {
	URL       string
	Stage     string
	Action    string
	Token     string
	Execution string
	Revision  *Revision
	Next      string // what a yes lets happen
}

// stages makes the views of stages; live says that buttons belong on the page.
func (c *Console) stages(p Pipeline, stages []Stage, live bool) []stageView {
	all := make([]stageView, 0, len(stages))
	for i, s := range stages {
		view := stageView{Stage: s, Mark: markOf(s.Status)}
		if e, ok := p.find(s.Execution); ok && live {
			line := c.line(p, e)
			view.Entry = &line
		}
		for _, id := range s.Inbound {
			if e, ok := p.find(id); ok {
				view.Waiting = append(view.Waiting, c.line(p, e))
			}
		}
		for n, a := range s.Actions {
			action := viewOf(a)
			action.ID = s.Name + "-" + a.Name
			if a.Token != "" && live {
				view.Mark = awaiting
				action.Approval = &approval{
					URL: c.button(p.Name, "decide"), Stage: s.Name, Action: a.Name, Token: a.Token, Execution: s.Execution,
					Revision: p.revision(s.Execution), Next: next(stages[i:], n),
				}
			}
			view.Actions = append(view.Actions, action)
		}
		if live && s.Retryable {
			view.RetryURL = c.button(p.Name, "retry")
		}
		all = append(all, view)
	}
	return all
}

func viewOf(a Action) actionView {
	v := actionView{
		Action: a, Mark: markOf(a.Status), Lasted: lasted(a.Start, a.End), Page: webURL(a.URL), Log: webURL(a.LogURL),
		Running: a.Status == InProgress && a.End.IsZero() && !a.Start.IsZero(),
	}
	if a.Token != "" {
		v.Mark = awaiting
	}
	return v
}

// next names what follows the n-th action of the first stage.
func next(stages []Stage, n int) string {
	at := stages[0]
	for _, a := range at.Actions[n+1:] {
		if a.RunOrder != at.Actions[n].RunOrder {
			return a.Name + " in " + at.Name
		}
	}
	if len(stages) > 1 {
		return "stage " + stages[1].Name
	}
	return "the end of the pipeline"
}

func (p Pipeline) find(id string) (Execution, bool) {
	for _, e := range p.Executions {
		if e.ID == id && id != "" {
			return e, true
		}
	}
	return Execution{}, false
}

// revision is what an execution takes along, nil when it is not known yet.
func (p Pipeline) revision(execution string) *Revision {
	if e, ok := p.find(execution); ok && len(e.Revisions) > 0 {
		return &e.Revisions[0]
	}
	return nil
}
