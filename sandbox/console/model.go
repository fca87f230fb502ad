package console

import "time"

// Status is AWS's word for the state of an action, a stage or an execution. An empty one says "not run yet".
type Status string

// The states. Queued is an execution that waits to enter its next stage, and is of the console alone.
const (
	InProgress Status = "InProgress"
	Succeeded  Status = "Succeeded"
	Failed     Status = "Failed"
	Stopping   Status = "Stopping"
	Stopped    Status = "Stopped"
	Superseded Status = "Superseded"
	Cancelled  Status = "Cancelled"
	Abandoned  Status = "Abandoned"
	Skipped    Status = "Skipped"
	Queued     Status = "Queued"
)

// Pipeline is one pipeline as it stands now.
type Pipeline struct {
	Name       string
	Mode       string      // QUEUED, SUPERSEDED or PARALLEL
	Stages     []Stage     // in their order; each as the execution that was last in it left it
	Executions []Execution // newest first; their Stages may be empty
}

// Stage is one stage, in the execution that is or was last in it.
type Stage struct {
	Name      string
	Status    Status
	Execution string   // empty when none was in it yet
	Inbound   []string // ids of executions that wait to enter, next first
	Disabled  string   // why nothing enters, empty when the way in is open
	Retryable bool     // it failed and its failed actions may run again
	Actions   []Action // by run order
}

// Action is one action of a stage. Times are zero when they are not known yet.
type Action struct {
	Name      string
	Category  string // Source, Build, Approval, …
	Provider  string
	RunOrder  int
	Status    Status
	Start     time.Time
	End       time.Time // zero while it runs
	Summary   string    // what the action's worker said; its URLs become links
	URL       string    // the run's own page, linked when it is http or https
	LogURL    string    // its log, when that is another page
	ErrorCode string
	Error     string // why it failed, in full
	Percent   int    // 1 to 100, 0 when the worker did not say
	Token     string // of an approval that waits now, otherwise empty
	By        string // who decided or started, may be empty
}

// Execution is one way of a revision through the pipeline.
type Execution struct {
	ID        string
	Status    Status
	Cause     string // why it stands as it does: a stop's reason, what failed; may be empty
	Trigger   string // AWS's trigger type: CloudWatchEvent, StartPipelineExecution, …
	Detail    string // what triggered it: the rule's ARN, the user's
	Start     time.Time
	End       time.Time // zero while it runs
	Revisions []Revision
	Stages    []Stage // those of this execution; filled by Reader.Execution
}

// Revision is what an execution takes through the pipeline.
type Revision struct {
	Action  string // the source action
	ID      string // the commit
	Message string
	URL     string
	Author  string
	Date    time.Time // of the author
}
