package worker

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"slipway/automation/worker/artifact"
)

// order is what a CodePipeline job asks for.
type order struct {
	Operation   string
	Environment string
	From        string
	Commit      string
	Execution   string
	Source      artifact.Object
}

// Values go to a command line, so none may look like a flag.
var (
	stackForm  = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$`)
	commitForm = regexp.MustCompile(`^[0-9a-fA-F]{7,64}$`)
)

// readOrder reads a job's action configuration. Everything that is wrong is named in one failure.
func readOrder(data *types.JobData, project string) (order, error) {
	properties := map[string]string{}
	if data.ActionConfiguration != nil {
		properties = data.ActionConfiguration.Configuration
	}
	o := order{
		Operation: properties["Operation"], Environment: properties["Environment"],
		From: properties["From"], Commit: properties["Commit"],
	}
	if data.PipelineContext != nil {
		o.Execution = aws.ToString(data.PipelineContext.PipelineExecutionId)
	}
	var wrong []string
	check := func(ok bool, name, must string) {
		switch value := properties[name]; {
		case ok:
		case value == "":
			wrong = append(wrong, fmt.Sprintf("%s is not set, it must be %s", name, must))
		default:
			wrong = append(wrong, fmt.Sprintf("%s is %q, it must be %s", name, value, must))
		}
	}
	check(properties["ProjectName"] == project, "ProjectName", project)
	check(o.Operation == "deploy" || o.Operation == "promote", "Operation", "deploy or promote")
	check(stackForm.MatchString(o.Environment), "Environment", "the name of a stack")
	check(o.Operation != "promote" && o.From == "" || stackForm.MatchString(o.From), "From", "the name of a stack")
	check(commitForm.MatchString(o.Commit), "Commit", "the hash of a commit")
	if n := len(data.InputArtifacts); n != 1 {
		wrong = append(wrong, fmt.Sprintf("the action has %d input artifacts, it must have 1", n))
	} else if at := data.InputArtifacts[0].Location; at == nil || at.S3Location == nil {
		wrong = append(wrong, "the input artifact is not in S3")
	} else {
		o.Source = artifact.Object{Bucket: aws.ToString(at.S3Location.BucketName), Key: aws.ToString(at.S3Location.ObjectKey)}
	}
	if len(wrong) > 0 {
		return o, failed(types.FailureTypeConfigurationError, "the action's configuration cannot be right: %s", strings.Join(wrong, "; "))
	}
	return o, nil
}

// parameters are those of the Jenkins job.
func (o order) parameters(trace, source string) map[string]string {
	return map[string]string{
		"OPERATION": o.Operation, "ENVIRONMENT": o.Environment, "FROM": o.From, "COMMIT": o.Commit,
		"EXECUTION": o.Execution, traceParameter: trace, "SOURCE": source,
	}
}
