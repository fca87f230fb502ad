package bootstrap

import (
	"errors"

	"github.com/aws/smithy-go"

	"slipway/automation/cloud"
	"slipway/automation/fault"
)

// unless makes an expected answer of AWS, that there is no such thing, no error.
func unless(err error, code string) error {
	var answer smithy.APIError
	if errors.As(err, &answer) && answer.ErrorCode() == code {
		return nil
	}
	return err
}

// explain says what to do about AWS's refusals. What was made before is kept, and the next run goes on from there.
func (a *account) explain(op string, err error) error {
	var known *fault.Error
	var answer smithy.APIError
	trouble, about := cloud.TroubleOf(err)
	switch {
	case errors.As(err, &known):
		return err
	case about:
		return &fault.Error{Op: op, Cause: trouble.Cause, Next: trouble.Next, Code: fault.NotReady, Err: err}
	case errors.As(err, &answer) && denied(answer.ErrorCode()):
		return &fault.Error{
			Op: op, Cause: "these credentials may not: " + answer.ErrorMessage(), Code: fault.NotReady, Err: err,
			Next: "take credentials that may administer the key " + a.Alias + " and the bucket " + a.Bucket + ", then run the same command again",
		}
	}
	return &fault.Error{Op: op, Code: fault.Unexpected, Err: err, Next: "run the same command again: what was made is kept"}
}

func denied(code string) bool {
	return code == "AccessDenied" || code == "AccessDeniedException" || code == "UnauthorizedOperation"
}
