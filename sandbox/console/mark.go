package console

// mark is how a state looks: a word, an icon and a tone. The tone, a colour, never stands alone.
type mark struct {
	Word string
	Icon string // done, failed, running, waiting, stopped, passed, none
}

// marks name every state of AWS in the words of the pages.
var marks = map[Status]mark{
	"":         {"Not run yet", "none"},
	InProgress: {"In progress", "running"},
	Succeeded:  {"Succeeded", "done"},
	Failed:     {"Failed", "failed"},
	Stopping:   {"Stopping", "stopped"},
	Stopped:    {"Stopped", "stopped"},
	Superseded: {"Superseded", "passed"},
	Cancelled:  {"Cancelled", "stopped"},
	Abandoned:  {"Abandoned", "stopped"},
	Skipped:    {"Skipped", "passed"},
	Queued:     {"Queued", "waiting"},
}

// awaiting is the mark of what waits for a person.
var awaiting = mark{"Waiting for approval", "waiting"}

// markOf is how s looks. A state that the console does not know is shown as AWS calls it.
func markOf(s Status) mark {
	if m, ok := marks[s]; ok {
		return m
	}
	return mark{string(s), "none"}
}
