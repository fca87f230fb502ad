package worker

import (
	"encoding/json"
	"fmt"
	"time"
)

// token is what one CodePipeline job hands to the job that follows it: where the build is and how long it may take.
// The folder of the source is named by the trace.
type token struct {
	Version  int    `json:"v"`
	Trace    string `json:"trace"`
	Build    int    `json:"build"`
	Queue    int    `json:"queue,omitempty"`
	URL      string `json:"url"`
	Deadline int64  `json:"deadline"` // Unix seconds
}

// longestToken is CodePipeline's limit.
const longestToken = 2048

const tokenVersion = 1

func (t token) encode() (string, error) {
	t.Version = tokenVersion
	text, err := json.Marshal(t)
	if err != nil {
		return "", fmt.Errorf("encoding the continuation token: %w", err)
	}
	if len(text) > longestToken {
		return "", fmt.Errorf("the continuation token has %d bytes, more than %d", len(text), longestToken)
	}
	return string(text), nil
}

func decodeToken(text string) (token, error) {
	var t token
	if err := json.Unmarshal([]byte(text), &t); err != nil {
		return t, fmt.Errorf("reading the continuation token: %w", err)
	}
	if t.Version != tokenVersion || t.Build < 1 || !traceForm.MatchString(t.Trace) {
		return t, fmt.Errorf("the continuation token %q is none of this worker", text)
	}
	return t, nil
}

func (t token) until() time.Time { return time.Unix(t.Deadline, 0) }
