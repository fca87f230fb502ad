package console

import "strings"

// hostile is a text that tries to become something else.
const hostile = `</pre></p><img src=x onerror="window.pwned=1"><script>window.pwned=1</script>" onmouseover="window.pwned=1 {{.}} javascript:window.pwned=1 https://example.invalid/"><b>`

// hostilePipeline has it in every text that somebody else can write.
func hostilePipeline() Pipeline {
	p := failedPipeline()
	for i := range p.Executions {
		e := &p.Executions[i]
		e.Cause, e.Trigger, e.Detail = hostile, hostile, hostile
		e.Revisions = []Revision{{Action: hostile, ID: hostile, Message: hostile + strings.Repeat("W", 300), URL: "javascript:window.pwned=1", Author: hostile, Date: noon}}
	}
	for i := range p.Stages {
		p.Stages[i].Disabled = hostile
		for n := range p.Stages[i].Actions {
			a := &p.Stages[i].Actions[n]
			a.Provider, a.Summary, a.Error, a.ErrorCode, a.By = hostile, hostile, hostile+strings.Repeat("W", 300), hostile, hostile
			a.URL, a.LogURL, a.Start = "javascript:window.pwned=1", `data:text/html,<script>window.pwned=1</script>`, noon
		}
	}
	return p
}
