package codepipeline

import (
	"cmp"
	"regexp"

	"slipway/sandbox/awsapi"
)

// API is the part of the CodePipeline API that is answered here.
func (s *Service) API() awsapi.Service {
	const declared = "a stack declares pipelines, aws:codepipeline/pipeline:Pipeline"
	return awsapi.Service{Name: "codepipeline", Protocol: awsapi.JSON, Refused: map[string]string{
		"CreatePipeline": declared, "UpdatePipeline": declared, "DeletePipeline": declared,
	}, Actions: map[string]awsapi.Action{
		"GetPipeline":            awsapi.Do(s.getPipeline),
		"ListPipelines":          awsapi.Do(s.listPipelines),
		"GetPipelineState":       awsapi.Do(s.getState),
		"GetPipelineExecution":   awsapi.Do(s.getExecution),
		"ListPipelineExecutions": awsapi.Do(s.listExecutions),
		"ListActionExecutions":   awsapi.Do(s.listActions),
		"ListActionTypes":        awsapi.Do(s.listTypes),
		"ListTagsForResource":    awsapi.Do(s.listTags),
		"StartPipelineExecution": awsapi.Do(s.startExecution),
		"StopPipelineExecution":  awsapi.Do(s.stopExecution),
		"RetryStageExecution":    awsapi.Do(s.retryStage),
		"PutApprovalResult":      awsapi.Do(s.putApproval),
		"DisableStageTransition": awsapi.Do(s.disableTransition),
		"EnableStageTransition":  awsapi.Do(s.enableTransition),
		"PollForJobs":            awsapi.Do(s.poll),
		"AcknowledgeJob":         awsapi.Do(s.acknowledge),
		"GetJobDetails":          awsapi.Do(s.details),
		"PutJobSuccessResult":    awsapi.Do(s.succeed),
		"PutJobFailureResult":    awsapi.Do(s.fail),
	}}
}

var idForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// constraint is AWS's message for a value that does not have its form.
func constraint(value, member string, form *regexp.Regexp) error {
	if form.MatchString(value) {
		return nil
	}
	return invalid("1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: "+
		"Member must satisfy regular expression pattern: %s", value, member, form)
}

// page returns the part of all that begins at a token, and the token of the next part. A token is the key of the
// part's first entry; limit 0 means most entries, which is the largest limit too.
func page[T any](all []T, key func(T) string, token string, limit, most int) ([]T, string, error) {
	if limit < 0 || limit > most {
		return nil, "", invalid("maxResults is 1 to %d, not %d", most, limit)
	}
	part, next, found := awsapi.Cut(all, key, token, cmp.Or(limit, most))
	if !found {
		return nil, "", awsapi.Errorf("InvalidNextTokenException", "The next token is not one of a previous call: %s", token)
	}
	return part, next, nil
}

// url is a link in an answer: at most 2048 characters, left out when empty.
func url(text string) string {
	if len(text) > 2048 {
		return ""
	}
	return text
}
