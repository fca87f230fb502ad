package ui

// Within is a Sink that names what the events are about, where several things go on at once: "prod-eu: update".
func Within(name string, next Sink) Sink { return within{name + ": ", next} }

type within struct {
	prefix string
	next   Sink
}

func (w within) Event(e Event) {
	switch v := e.(type) {
	case StepStarted:
		v.Name = w.prefix + v.Name
		e = v
	case StepEnded:
		v.Name = w.prefix + v.Name
		e = v
	case ResourceStarted:
		v.Name = w.prefix + v.Name
		e = v
	case ResourceEnded:
		v.Name = w.prefix + v.Name
		e = v
	case Note:
		e = Note{Text: w.prefix + v.Text}
	case Warning:
		e = Warning{Text: w.prefix + v.Text}
	}
	w.next.Event(e)
}
