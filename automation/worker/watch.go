package worker

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"slipway/automation/worker/jenkins"
)

// watch looks at the build until it has ended, then reads what came of it.
func (j *job) watch(ctx context.Context) error {
	j.away = away{}
	for {
		build, err := j.look(ctx)
		if err != nil {
			return err
		}
		j.follows(ctx)
		if !build.Building && build.Result != "" {
			j.log.Info("build ended", "build", j.Build, "result", build.Result)
			return j.conclude(ctx, build)
		}
		if !j.pause(ctx, j.pace.watch) {
			return context.Cause(ctx)
		}
	}
}

// follows reads what is new in the build's log. A log that cannot be read now is read the next time.
func (j *job) follows(ctx context.Context) {
	for {
		text, next, more, err := j.jenkins.Log(ctx, j.Build, j.tail.at)
		if err != nil {
			return
		}
		j.mu.Lock()
		grew := next > j.tail.at
		j.tail.add(text, next)
		j.mu.Unlock()
		if !more || !grew {
			return
		}
	}
}

// vanished is a build that Jenkins does not know. It is looked for by its trace once more: while Jenkins starts, a build
// may be missing for a moment.
func (j *job) vanished(ctx context.Context) error {
	if !j.pause(ctx, j.pace.watch) {
		return context.Cause(ctx)
	}
	if _, err := j.jenkins.Build(ctx, j.Build); !errors.Is(err, jenkins.ErrNotFound) {
		return errors.Join(errAgain, err)
	}
	j.answered(nil) // an absence, if there was one, is over
	return failed(types.FailureTypeSystemUnavailable, "Jenkins no longer knows build #%d%s", j.Build, j.away.text())
}

var errAgain = errors.New("the build was missing for a moment")
