package buildkit

import (
	"encoding/json"
	"fmt"
	"strings"

	control "github.com/moby/buildkit/api/services/control"
)

// lastLines is how much of a failing step's output an error has.
const lastLines = 20

// trace is what BuildKit told about the steps of a build.
type trace struct {
	failed string            // digest of the step that failed
	names  map[string]string // of steps, by digest
	output map[string]string // of steps, by digest
	step   func(name string) // is told what begins; may be nil
	told   map[string]bool   // steps that it was told
}

// add takes one message of BuildKit's progress: a protocol buffer in base64 in JSON.
func (t *trace) add(aux json.RawMessage) {
	var raw []byte
	var status control.StatusResponse
	if json.Unmarshal(aux, &raw) != nil || status.UnmarshalVT(raw) != nil {
		return // progress of a form that is not known is no reason to fail
	}
	if t.names == nil {
		t.names, t.output, t.told = map[string]string{}, map[string]string{}, map[string]bool{}
	}
	for _, v := range status.Vertexes {
		t.names[v.Digest] = v.Name
		t.tell(v)
		if v.Error != "" && !strings.HasSuffix(v.Error, "context canceled") {
			t.failed = v.Digest
		}
	}
	for _, l := range status.Logs {
		t.output[l.Vertex] = tail(t.output[l.Vertex]+string(l.Msg), lastLines)
	}
}

// tell passes a step on once it works, if it is one of the Dockerfile: BuildKit begins the names of its own with [internal].
func (t *trace) tell(v *control.Vertex) {
	if t.step == nil || v.Started == nil || v.Cached || t.told[v.Digest] || strings.HasPrefix(v.Name, "[internal]") {
		return
	}
	t.told[v.Digest] = true
	t.step(v.Name)
}

// failure is the error of a build: the step that failed, why, and the end of what it printed.
func (t *trace) failure(reason string) error {
	text := strings.TrimPrefix(reason, "failed to solve with frontend dockerfile.v0: ")
	text = strings.TrimPrefix(text, "failed to solve: ")
	if name := t.names[t.failed]; name != "" {
		text = fmt.Sprintf("step %s: %s", name, text)
	}
	if strings.Contains(text+t.output[t.failed], "exec format error") {
		text += "\nthe step runs a program of another platform, and the engine has no emulation for it"
	}
	if out := strings.TrimRight(t.output[t.failed], "\n"); out != "" {
		text += "\n" + out
	}
	return fmt.Errorf("%s", text)
}

// tail is the last n lines of a text.
func tail(text string, n int) string {
	lines := strings.SplitAfter(text, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return strings.Join(lines[max(0, len(lines)-n):], "")
}
