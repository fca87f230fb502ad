package demo

import (
	"context"
	"fmt"
	"time"

	"slipway/automation/pipeline"
	"slipway/automation/release"
)

// Passage is a commit on its way through the pipeline, with what was seen where it arrived.
type Passage struct {
	Commit  string          `json:"commit"`
	Subject string          `json:"subject"`
	Built   pipeline.Result `json:"built"`    // up to the approval
	Ended   pipeline.Result `json:"promoted"` // to the end
	Digest  string          `json:"digest"`   // what the pipeline says it released
	First   release.Proof   `json:"first"`    // of the first environment, when it was live there
	Second  release.Proof   `json:"second"`   // of the next one, after the promotion
}

// push pushes the last commit and follows it until it is live in the first environment.
func (a *article) push(ctx context.Context, subject string) (p Passage, err error) {
	p.Subject = subject
	if p.Commit, err = a.repo.head(ctx); err != nil {
		return p, err
	}
	a.note(`$ git commit -am "%s" && git push`, subject)
	if err := a.repo.push(ctx); err != nil {
		return p, err
	}
	if p.Built, err = a.Pipeline.Follow(ctx, a.pipeline, p.Commit); err != nil {
		return p, err
	}
	if p.Built.Waiting == nil {
		return p, fmt.Errorf("execution %s ended as %s before the approval: %s", p.Built.Execution, p.Built.Status, a.result.PipelineURL)
	}
	if p.Digest = p.Built.Variable("ImageDigest"); p.Digest == "" {
		return p, fmt.Errorf("execution %s does not say which digest it released", p.Built.Execution)
	}
	p.First, err = a.Deployer.Prove(ctx, first, p.Commit, p.Digest)
	return p, err
}

// approve does what the page's button does, and follows the promotion to its end.
func (a *article) approve(ctx context.Context, p *Passage) (err error) {
	begun := time.Now()
	if err := a.Pipeline.Approve(ctx, p.Built, "approved by the demo"); err != nil {
		return err
	}
	a.note("approved, as the button on the pipeline's page does; %s takes the digest that %s proved", second, first)
	if p.Ended, err = a.Pipeline.Follow(ctx, a.pipeline, p.Commit); err != nil {
		return err
	}
	if p.Ended.Status != "Succeeded" {
		return fmt.Errorf("execution %s ended as %s: %s", p.Ended.Execution, p.Ended.Status, a.result.PipelineURL)
	}
	a.note("promoted in %.1f s", time.Since(begun).Seconds())
	p.Second, err = a.Deployer.Prove(ctx, second, p.Commit, p.Digest)
	return err
}
