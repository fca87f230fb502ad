package console

// standing is where a pipeline is, in one sentence.
type standing struct {
	Mark     mark
	Sentence string
	waits    bool // for a person
	runs     bool
}

// standingOf looks for what matters most: what waits for a person, what runs, then how the last execution ended.
func standingOf(p Pipeline) standing {
	for _, stage := range p.Stages {
		for _, action := range stage.Actions {
			if action.Token != "" {
				return standing{Mark: awaiting, Sentence: awaiting.Word + " in " + stage.Name, waits: true, runs: running(p)}
			}
		}
	}
	for _, status := range []Status{InProgress, Stopping} {
		for _, stage := range p.Stages {
			if stage.Status == status {
				return standing{Mark: markOf(status), Sentence: markOf(status).Word + " in " + stage.Name, runs: true}
			}
		}
	}
	if len(p.Executions) == 0 {
		return standing{Mark: markOf(""), Sentence: markOf("").Word}
	}
	last := p.Executions[0]
	s := standing{Mark: markOf(last.Status), Sentence: markOf(last.Status).Word, runs: running(p)}
	for _, stage := range p.Stages {
		if stage.Execution == last.ID && stage.Status == last.Status && last.Status != Succeeded {
			s.Sentence += " in " + stage.Name
		}
	}
	return s
}

// running says whether any execution goes on.
func running(p Pipeline) bool {
	for _, e := range p.Executions {
		if active(e.Status) {
			return true
		}
	}
	return false
}

func active(s Status) bool { return s == InProgress || s == Stopping || s == Queued }
