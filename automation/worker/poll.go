package worker

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

// answerTime bounds one call of CodePipeline with its repetitions.
const answerTime = 30 * time.Second

// slowestPoll is how far failing polls slow down.
const slowestPoll = time.Minute

// handover is how long after a continuation its successor is expected, and polled for as if there were work.
const handover = time.Minute

// polls asks for jobs until ctx ends.
func (w *Worker) polls(ctx context.Context) {
	wait := w.settings.Poll
	busy := w.clock.Now()
	for ctx.Err() == nil {
		found, err := w.poll(ctx)
		switch {
		case err != nil:
			wait = min(max(2*wait, w.settings.Poll), slowestPoll)
		case found || w.count() > 0 || w.clock.Now().Before(busy):
			wait = w.settings.Poll
		default:
			wait = w.settings.Idle
		}
		select {
		case <-ctx.Done():
		case <-w.wake:
			busy = w.clock.Now().Add(handover)
		case <-w.clock.After(jitter(wait)):
		}
	}
}

// poll asks once for as many jobs as there is room for, and holds them. It is not cut off when ctx ends: a job in an
// answer that nobody reads would be lost for a while.
func (w *Worker) poll(ctx context.Context) (found bool, err error) {
	room := w.settings.Jobs - w.count()
	w.health.full.Store(room <= 0)
	if room <= 0 {
		return false, nil
	}
	call, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTime)
	defer cancel()
	out, err := w.pipeline.PollForJobs(call, &codepipeline.PollForJobsInput{
		ActionTypeId: &types.ActionTypeId{
			Category: types.ActionCategoryBuild, Owner: types.ActionOwnerCustom,
			Provider: &w.settings.Provider, Version: &w.settings.Version,
		},
		MaxBatchSize: aws.Int32(int32(room)),
		QueryParam:   map[string]string{"ProjectName": w.settings.Job},
	}, once)
	if w.health.pipeline.note(w.clock.Now(), err) {
		w.logChange("codepipeline", err)
	}
	if err != nil {
		return false, err
	}
	for _, found := range out.Jobs {
		w.take(ctx, found)
	}
	return len(out.Jobs) > 0, nil
}

// once keeps the SDK from repeating a call: the next poll does it, and an acknowledgement must know of a lost answer.
func once(o *codepipeline.Options) { o.Retryer = aws.NopRetryer{} }

// take begins with a job from a poll. What is needed to acknowledge it is written down first.
func (w *Worker) take(ctx context.Context, found types.Job) {
	id := aws.ToString(found.Id)
	switch {
	case !plainName.MatchString(id):
		w.log.Error("job ignored: its id is none", "job", id)
		return
	case w.holds(id):
		w.log.Warn("job delivered twice", "job", id)
		return
	}
	j := &job{Worker: w, data: found.Data, record: record{
		Job: id, Nonce: aws.ToString(found.Nonce), Deadline: w.clock.Now().Add(w.settings.Deadline),
	}}
	if err := w.records.save(j.record); err != nil {
		w.log.Error("job not taken", "job", id, "error", err.Error())
		return
	}
	w.hold(ctx, j)
}
