package console

import (
	"errors"
	"net/url"
)

var errNoDecision = errors.New("neither Approve nor Reject was pressed")

// done says what the button before this page did. The address only names it: its words are all from here and
// from the pipeline, so that nobody can put words into the page by a link.
func done(query url.Values, p Pipeline) *notice {
	what := "the execution"
	e, known := p.find(query.Get("execution"))
	if known {
		what = "execution " + short(e.ID)
		if r := p.revision(e.ID); r != nil {
			what = short(r.ID) + " “" + firstLine(r.Message) + "”"
		}
	}
	switch query.Get("done") {
	case "approved":
		return &notice{Text: "Approved: " + what + " goes on."}
	case "rejected":
		return &notice{Text: "Rejected: " + what + " goes no further."}
	case "late":
		return &notice{Text: "Nothing changed: this was decided before, or waits no more."}
	case "retried":
		return &notice{Text: "Running the failed actions again, for " + what + "."}
	case "stopped":
		return &notice{Text: "Stopping " + what + "."}
	case "started":
		if known {
			return &notice{Text: "Execution " + short(e.ID) + " has begun."}
		}
		return &notice{Text: "A new execution has begun."}
	}
	return nil
}
