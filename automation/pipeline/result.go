package pipeline

import "time"

// Result is an execution as it was seen last. It encodes as JSON as it stands.
type Result struct {
	Pipeline  string   `json:"pipeline"`
	Execution string   `json:"execution"`
	Commit    string   `json:"commit,omitempty"`
	Status    string   `json:"status"`            // AWS's word: InProgress, Succeeded, Failed, Stopped, Superseded, …
	Summary   string   `json:"summary,omitempty"` // why, when it did not succeed
	Actions   []Action `json:"actions"`           // in the order in which they began
	Waiting   *Waiting `json:"waiting,omitempty"` // the approval that it waits for
}

// Action is one action of an execution.
type Action struct {
	ID        string            `json:"id"`
	Stage     string            `json:"stage"`
	Name      string            `json:"name"`
	Category  string            `json:"category"`
	Status    string            `json:"status"`
	Start     time.Time         `json:"start"`
	End       time.Time         `json:"end,omitzero"`
	Summary   string            `json:"summary,omitempty"`
	URL       string            `json:"url,omitempty"`
	Error     string            `json:"error,omitempty"`
	Variables map[string]string `json:"variables,omitempty"`
}

// Waiting is an approval that nobody has answered.
type Waiting struct {
	Stage  string `json:"stage"`
	Action string `json:"action"`
	Token  string `json:"token"`
}

// Ended says whether nothing more happens to the execution by itself.
func (r Result) Ended() bool {
	switch r.Status {
	case "Succeeded", "Failed", "Stopped", "Superseded", "Cancelled":
		return true
	}
	return false
}

// Variable is the newest value that an action of the execution gave to an output variable, or "".
func (r Result) Variable(name string) (value string) {
	for _, a := range r.Actions {
		if v, given := a.Variables[name]; given {
			value = v
		}
	}
	return value
}

// Failure is the newest action that failed and was not run again since, or nil.
func (r Result) Failure() *Action {
	seen := map[[2]string]bool{}
	for i := len(r.Actions) - 1; i >= 0; i-- {
		a := &r.Actions[i]
		place := [2]string{a.Stage, a.Name}
		if a.Status == failedStatus && !seen[place] {
			return a
		}
		seen[place] = true
	}
	return nil
}

// Statuses of actions.
const (
	runningStatus   = "InProgress"
	succeededStatus = "Succeeded"
	failedStatus    = "Failed"
)
