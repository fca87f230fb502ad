package worker

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

// acknowledge makes the job ours, or ends the work on it when another worker has it. A nonce that no longer holds means
// the latter, unless an answer was lost: then it was this worker that used it.
func (j *job) acknowledge(ctx context.Context) error {
	if j.Acknowledged {
		return nil
	}
	doubtful := j.Acknowledging
	err := j.remember(ctx, func(r *record) { r.Acknowledging = true })
	if err != nil {
		return err
	}
	err = j.insist(ctx, "acknowledging the job", 0, func(ctx context.Context) error {
		ours, err := j.acknowledgeOnce(ctx, doubtful)
		if err == nil && !ours {
			j.log.Info("job is not ours")
			return errEnded
		}
		doubtful = true
		return err
	})
	if err != nil {
		return err
	}
	j.log.Info("job acknowledged", "resumed", j.resumed)
	return j.remember(ctx, func(r *record) { r.Acknowledged = true })
}

// acknowledgeOnce makes the call and says whether the job is ours. With doubtful set, an earlier answer may be lost.
func (j *job) acknowledgeOnce(ctx context.Context, doubtful bool) (ours bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTime)
	defer cancel()
	out, err := j.pipeline.AcknowledgeJob(ctx, &codepipeline.AcknowledgeJobInput{JobId: &j.Job, Nonce: &j.Nonce}, once)
	var nonce *types.InvalidNonceException
	var gone *types.JobNotFoundException
	switch {
	case errors.As(err, &nonce):
		return doubtful, nil
	case errors.As(err, &gone):
		return false, nil
	case err != nil:
		return false, err
	}
	return out.Status == types.JobStatusInProgress || doubtful && out.Status == "", nil
}

// read finds out what the job is about: a new order, or a build that the job before it has started.
func (j *job) read(ctx context.Context) error {
	if j.data == nil || j.data.ArtifactCredentials == nil {
		if err := j.details(ctx); err != nil {
			return err
		}
	}
	if text := aws.ToString(j.data.ContinuationToken); text != "" {
		return j.follow(ctx, text)
	}
	found, err := readOrder(j.data, j.settings.Job)
	if err != nil {
		return err
	}
	j.order = found
	defer j.introduce()
	return j.remember(ctx, func(r *record) {
		if r.Trace == "" {
			r.Trace = trace(r.Job, j.data)
		}
	})
}

// follow reads what the job before this one has handed over.
func (j *job) follow(ctx context.Context, text string) error {
	t, err := decodeToken(text)
	if err != nil {
		return failed(types.FailureTypeConfigurationError, "%s", err)
	}
	j.continued = true
	j.order, _ = readOrder(j.data, j.settings.Job) // only for the log: the job before has checked it
	defer j.introduce()
	return j.remember(ctx, func(r *record) {
		r.Trace, r.Queue, r.Build, r.URL, r.Deadline = t.Trace, t.Queue, t.Build, t.URL, t.until()
	})
}

// remember changes the record, however often the disk must be asked.
func (j *job) remember(ctx context.Context, alter func(*record)) error {
	return j.insist(ctx, "saving the job's state", 0, func(context.Context) error { return j.change(alter) })
}

// introduce says what the job is about, and gives every later line of the log its trace.
func (j *job) introduce() {
	j.log = j.Worker.log.With("job", j.Job, "trace", j.Trace)
	j.log.Info("job read", "operation", j.order.Operation, "environment", j.order.Environment,
		"commit", j.order.Commit, "execution", j.order.Execution, "continued", j.continued)
}

// details asks CodePipeline for the job's data, with credentials that are new.
func (j *job) details(ctx context.Context) error {
	return j.insist(ctx, "asking for the job's details", 0, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, answerTime)
		defer cancel()
		out, err := j.pipeline.GetJobDetails(ctx, &codepipeline.GetJobDetailsInput{JobId: &j.Job})
		var gone *types.JobNotFoundException
		switch {
		case errors.As(err, &gone):
			j.log.Warn("job is unknown to codepipeline")
			return errEnded
		case err != nil:
			return err
		case out.JobDetails == nil || out.JobDetails.Data == nil:
			return errors.New("the answer has no details")
		}
		j.data = out.JobDetails.Data
		return nil
	})
}
