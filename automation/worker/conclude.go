package worker

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"slipway/automation/worker/jenkins"
)

// outcome is what a build that worked has brought.
type outcome struct {
	summary   string
	variables map[string]string
}

// shownLines is how many lines of a log stand for a cause that nobody has put in words.
const shownLines = 6

// conclude reads what the build archived and says how the job ended: nil with the outcome set, or a failure.
func (j *job) conclude(ctx context.Context, b jenkins.Build) error {
	r, err := j.result(ctx)
	if err != nil {
		return err
	}
	if b.Result == jenkins.Success && r != nil && r.Code == 0 && r.Data.Release.Digest != "" {
		j.outcome = j.success(r)
		return nil
	}
	kind, cause := types.FailureTypeJobFailed, ""
	switch {
	case r != nil:
		kind, cause = r.kind(), r.cause()
	case j.away.was():
		kind = types.FailureTypeSystemUnavailable
	}
	if b.Result == jenkins.Success && cause == "" { // a success that nobody proved is none
		cause = "the build ended well, but archived no result that names the released image; is the disk of the host full?"
	}
	if cause == "" {
		cause = j.guess(b)
	}
	return failed(kind, "%s. Build #%d: %s", strings.TrimSuffix(cause, "."), j.Build, j.URL)
}

// result reads the deployer's result, nil when the build archived none.
func (j *job) result(ctx context.Context) (*result, error) {
	var text []byte
	err := j.ask(ctx, "reading the build's result", func(ctx context.Context) (err error) {
		text, err = j.jenkins.Artifact(ctx, j.Build, resultName(j.Build))
		return err
	})
	if errors.Is(err, jenkins.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return readResult(text), nil
}

func (j *job) success(r *result) outcome {
	link := fmt.Sprintf("build #%d: %s", j.Build, j.URL)
	release := r.Data.Release
	tag := release.Tag
	if tag == "" {
		tag = release.Commit
	}
	return outcome{
		summary:   fmt.Sprintf("%s runs %s (%s); %s", j.order.Environment, cut(release.Commit, 12), release.Digest, link),
		variables: map[string]string{"ImageTag": tag, "ImageDigest": release.Digest},
	}
}

// guess makes a cause of what Jenkins and the log say.
func (j *job) guess(b jenkins.Build) string {
	words := map[string]string{jenkins.Failure: "the build failed", jenkins.Aborted: "the build was aborted", jenkins.Success: "the deployer failed"}
	text := words[b.Result]
	if text == "" {
		text = "the build ended as " + b.Result
	}
	text += j.away.text()
	if lines := j.tail.meaningful(shownLines); len(lines) > 0 {
		text += "; its log ends with: " + strings.Join(lines, " | ")
	}
	return text
}
