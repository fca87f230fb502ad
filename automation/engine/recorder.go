package engine

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"slipway/automation/ui"
)

// rootType is the type of the resource that a stack's outputs belong to.
const rootType = "pulumi:pulumi:Stack"

// recorder passes the events of an operation on and keeps what the caller is told of it.
type recorder struct {
	engine  *ui.Engine
	changes Changes
	errors  []string       // what the engine, the providers and the program complained about
	outputs map[string]any // the stack's, as the engine reported them at the end; nil when it did not
	wanted  []Resource     // what the program declares, without what goes
}

func newRecorder(engine *ui.Engine) *recorder { return &recorder{engine: engine} }

// listen returns a channel to send events to and a function that ends listening. The channel of an operation
// that did not come as far as to send events is never closed, so its end is not waited for.
func (r *recorder) listen() (to chan<- events.EngineEvent, stop func()) {
	from := make(chan events.EngineEvent)
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case event, open := <-from:
				if !open {
					return
				}
				r.take(event)
			case <-quit:
				return
			}
		}
	}()
	return from, func() {
		close(quit)
		<-ended
	}
}

func (r *recorder) take(event events.EngineEvent) {
	if event.Error != nil {
		return // the stream broke off; what became of the operation is told by its own error
	}
	if done := event.ResOutputsEvent; done != nil && done.Metadata.Type == rootType && done.Metadata.New != nil {
		r.outputs = done.Metadata.New.Outputs
	}
	switch {
	case event.ResourcePreEvent != nil:
		r.changes = r.changes.add(event.ResourcePreEvent.Metadata)
		r.want(event.ResourcePreEvent.Metadata)
	case event.DiagnosticEvent != nil && event.DiagnosticEvent.Severity == "error":
		r.complain(event.DiagnosticEvent.URN, ui.PlainText(event.DiagnosticEvent.Message))
	}
	r.engine.Handle(event)
}

// want keeps what the program declares, once.
func (r *recorder) want(step apitype.StepEventMetadata) {
	known := slices.ContainsFunc(r.wanted, func(w Resource) bool { return w.URN == step.URN })
	if step.New == nil || !step.New.Custom || known || strings.HasPrefix(step.Type, "pulumi:") {
		return
	}
	r.wanted = append(r.wanted, Resource{URN: step.URN, Type: step.Type, ID: step.New.ID, Inputs: step.New.Inputs})
}

// complain keeps an error once, with the name of its resource.
func (r *recorder) complain(urn, text string) {
	if text == "" || strings.HasPrefix(text, "update failed") || strings.HasPrefix(text, "preview failed") {
		return
	}
	if urn != "" {
		text = ui.NameOf(urn) + ": " + text
	}
	for _, known := range r.errors {
		if known == text {
			return
		}
	}
	r.errors = append(r.errors, text)
}

// readable tells whether outputs are known and hold no secret: the engine masks those in its events.
func readable(outputs map[string]any) bool {
	return outputs != nil && !masked(outputs)
}

func masked(value any) bool {
	switch v := value.(type) {
	case string:
		return v == "[secret]"
	case map[string]any:
		for _, inner := range v {
			if masked(inner) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, masked)
	}
	return false
}
