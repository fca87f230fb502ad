package worker

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

// failure is the end of a job that did not work, as CodePipeline is told.
type failure struct {
	kind types.FailureType
	text string
}

// Error is the text.
func (f *failure) Error() string { return f.text }

func failed(kind types.FailureType, format string, args ...any) error {
	return &failure{kind, fmt.Sprintf(format, args...)}
}

var (
	// errEnded ends the work on a job that is over, or somebody else's: nothing is reported.
	errEnded = errors.New("the job is over")
	// errDeadline is the cause of a context that ended because the job took too long.
	errDeadline = errors.New("the job took too long")
)
