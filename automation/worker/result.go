package worker

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"slipway/automation/fault"
)

// result is the object that the deployer ends with, as the build archives it.
type result struct {
	Type string `json:"type"`
	Code int    `json:"code"`
	Data struct {
		Outcome string `json:"outcome"`
		Release struct {
			Commit string `json:"commit"`
			Tag    string `json:"tag"`
			Digest string `json:"digest"`
		} `json:"release"`
		Error *fault.Error `json:"error"`
	} `json:"data"`
}

func resultName(build int) string { return fmt.Sprintf("result-%d.json", build) }

// readResult answers nil for what is no result.
func readResult(text []byte) *result {
	var r result
	if json.Unmarshal(text, &r) != nil || r.Type != "result" {
		return nil
	}
	return &r
}

// kinds says which of CodePipeline's types an exit code of the deployer is.
var kinds = map[int]types.FailureType{
	fault.BadInput:   types.FailureTypeConfigurationError,
	fault.NotReady:   types.FailureTypeSystemUnavailable,
	fault.Locked:     types.FailureTypeSystemUnavailable,
	fault.Superseded: types.FailureTypeRevisionOutOfSync,
}

// denials are AWS's words for what a role may not do.
var denials = []string{"AccessDenied", "UnauthorizedOperation", "not authorized to perform"}

func (r *result) kind() types.FailureType {
	if r.Data.Error != nil {
		for _, denial := range denials {
			if strings.Contains(r.Data.Error.Error(), denial) {
				return types.FailureTypePermissionError
			}
		}
	}
	if kind, known := kinds[r.Code]; known {
		return kind
	}
	return types.FailureTypeJobFailed
}

// cause says in one paragraph why the deployer did not do it, empty when it does not say.
func (r *result) cause() string {
	if r.Code == fault.Superseded {
		return "a newer release took over; this one was not released"
	}
	e := r.Data.Error
	if e == nil || e.Error() == "" {
		return ""
	}
	text := e.Error()
	if len(e.Evidence) > 0 {
		text += " (" + strings.Join(last(e.Evidence, shownEvidence), " | ") + ")"
	}
	if e.Next != "" {
		text += ". Next: " + e.Next
	}
	return text
}

// shownEvidence is how many lines of the evidence a paragraph holds.
const shownEvidence = 4

func last(lines []string, n int) []string { return lines[max(0, len(lines)-n):] }
