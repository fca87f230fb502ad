package worker

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"slipway/automation/diagnose"
)

func TestTail(t *testing.T) {
	var log tail
	text := strings.Repeat("x", 2*keptLine) + "\n"
	for i := range 2 * keptLines {
		text += fmt.Sprintf("[2026-11-23T12:00:00.000Z] line %d\r\n", i)
	}
	text += "+ exit 1\n\nFinished: FAILURE\nhalf"
	for at := 0; at < len(text); at += 7 { // in pieces that end anywhere
		end := min(at+7, len(text))
		log.add([]byte(text[at:end]), int64(end))
	}
	if got, want := log.meaningful(3), []string{"line 118", "line 119", "half"}; !reflect.DeepEqual(got, want) {
		t.Errorf("the last lines are %q, not %q", got, want)
	}
	if log.at != int64(len(text)) || len(log.lines) != keptLines {
		t.Errorf("%d lines are kept, up to byte %d", len(log.lines), log.at)
	}
	log.add([]byte("\n"+strings.Repeat("y", 2*keptLine)+"\n"), 0)
	if got := log.meaningful(1)[0]; len(got) != keptLine {
		t.Errorf("a line of %d bytes is kept", len(got))
	}
}

func TestShorten(t *testing.T) {
	for _, text := range []string{"short", strings.Repeat("ä", 40), strings.Repeat("a", 100) + "end"} {
		got := shorten(text, 50)
		if len(got) > 50 || !utf8.ValidString(got) || !strings.HasSuffix(got, text[len(text)-2:]) {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestRedactForms(t *testing.T) {
	for line, want := range map[string]string{
		"key AKIAIOSFODNN7EXAMPLE used":                   "key [hidden] used",
		`"secretAccessKey": "abc/def+"`:                   `"secretAccessKey": [hidden]`,
		"Authorization: Bearer abcdefghijkl":              "Authorization: Bearer [hidden]",
		"clone https://me:pa55word@example.com/a":         "clone https://me:[hidden]@example.com/a",
		"the image was pushed as sha256:0123456789abcdef": "the image was pushed as sha256:0123456789abcdef",
	} {
		if got := diagnose.Redact(line); got != want {
			t.Errorf("%q became %q", line, got)
		}
	}
}

func TestTrace(t *testing.T) {
	long := strings.Repeat("s", 100)
	tests := []struct {
		name string
		data types.JobData
		want string
	}{
		{"no context", types.JobData{}, "job-1"},
		{"no action execution", types.JobData{PipelineContext: &types.PipelineContext{PipelineExecutionId: aws.String("e"),
			Stage: &types.StageContext{Name: aws.String("dev@1")}, Action: &types.ActionContext{Name: aws.String("Deploy")}}}, "e-dev-1-Deploy-job-1"},
		{"all of it", types.JobData{PipelineContext: &types.PipelineContext{PipelineExecutionId: aws.String("e"),
			Stage: &types.StageContext{Name: &long}, Action: &types.ActionContext{Name: &long, ActionExecutionId: aws.String("x")}}}, ""},
	}
	for _, tt := range tests {
		got := trace("job-1", &tt.data)
		if !traceForm.MatchString(got) || tt.want != "" && got != tt.want {
			t.Errorf("%s: %q", tt.name, got)
		}
		text, err := token{Trace: got, Build: 1 << 30, Queue: 1 << 30, URL: "https://" + strings.Repeat("h", 253) + "/job/slipway/1/", Deadline: time.Now().Unix()}.encode()
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		} else if back, err := decodeToken(text); err != nil || back.Trace != got {
			t.Errorf("%s came back as %v, %v", tt.name, back, err)
		}
	}
}
