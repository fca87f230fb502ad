package ui

// texts is an event with every text of it changed, but for those of a Result's data: see Redactor.
func texts(e Event, change func(string) string) Event {
	switch v := e.(type) {
	case StepStarted:
		v.Name, v.Note = change(v.Name), change(v.Note)
		return v
	case StepEnded:
		v.Name, v.Note = change(v.Name), change(v.Note)
		return v
	case ResourceStarted:
		v.Name, v.URN, v.Type = change(v.Name), change(v.URN), change(v.Type)
		return v
	case ResourceEnded:
		v.Name, v.URN, v.Type, v.Err = change(v.Name), change(v.URN), change(v.Type), change(v.Err)
		return v
	case Booting:
		v.Host, v.Step = change(v.Host), change(v.Step)
		return v
	case Booted:
		v.Host = change(v.Host)
		return v
	case Logged:
		v.Task, v.Container, v.Text = change(v.Task), change(v.Container), change(v.Text)
		return v
	case Note:
		return Note{Text: change(v.Text)}
	case Warning:
		return Warning{Text: change(v.Text)}
	}
	return e
}
