package worker

import (
	"regexp"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

// traceParameter is the parameter of the Jenkins job by which a build is found again.
const traceParameter = "JOB"

var (
	traceForm  = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,199}$`)
	notInTrace = regexp.MustCompile(`[^A-Za-z0-9_.-]`)
)

// trace names one try of one action through all the jobs that CodePipeline makes of it: execution, stage and action for
// people, and the beginning of an id that is another one when the stage is retried. Without the id, a retry would find
// the build that it is there to repeat.
func trace(job string, data *types.JobData) string {
	id, name := job, ""
	if c := data.PipelineContext; c != nil && aws.ToString(c.PipelineExecutionId) != "" {
		name = aws.ToString(c.PipelineExecutionId) + "-"
		if c.Stage != nil {
			name += aws.ToString(c.Stage.Name) + "-"
		}
		if c.Action != nil {
			name += aws.ToString(c.Action.Name) + "-"
			if own := aws.ToString(c.Action.ActionExecutionId); own != "" {
				id = own
			}
		}
	}
	return clean(cut(name, 140) + cut(id, 36))
}

func clean(text string) string {
	text = notInTrace.ReplaceAllString(text, "-")
	if text == "" || text[0] == '.' {
		text = "_" + text
	}
	return text
}

func cut(text string, most int) string {
	if len(text) > most {
		return text[:most]
	}
	return text
}
