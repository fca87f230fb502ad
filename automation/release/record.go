package release

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"slipway/automation/fault"
	"slipway/automation/release/ledger"
)

// Release is a release as the ledger has it.
type Release = ledger.Entry

// record writes into the ledger that the release was proved. What is not there as released never was.
type record struct{}

func (record) Name() string { return "record" }

func (record) Run(ctx context.Context, r *run) (ended, error) {
	if r.attempt == nil {
		r.release = r.past.live
		return skipped("nothing new: " + r.Environment + " has this release already")
	}
	if err := r.finish(ctx, ledger.Released, nil); err != nil {
		return ended{}, fmt.Errorf("the release is live and proved, but it could not be recorded; the same command records it: %w", err)
	}
	r.release = r.attempt.Entry
	return done(fmt.Sprintf("number %d of %s", r.release.Number, r.Environment))
}

// begin writes the attempt into the ledger, once, before anything changes.
func (r *run) begin(ctx context.Context) error {
	if r.attempt != nil {
		return nil
	}
	attempt, err := r.site.ledger.Begin(ctx, r.entry())
	if err != nil {
		return fmt.Errorf("record that the release begins: %w", err)
	}
	r.attempt = attempt
	return nil
}

// entry is what is known when the release begins.
func (r *run) entry() ledger.Entry {
	host, _ := os.Hostname() // a help for people; nothing depends on it
	now := r.Clock.Now().UTC()
	return ledger.Entry{
		Kind: r.kind(), Image: r.image.Ref(), Digest: r.image.Digest, Tag: r.Commit.Hash, Commit: r.Commit.Hash,
		Author: r.Commit.Author, Subject: cut(r.Commit.Subject), Previous: r.site.previous.Ref(),
		From: r.From, FromNumber: r.FromNumber, Reason: r.Reason, Execution: r.Execution, Build: r.BuildURL,
		By: r.site.who.ARN, Host: host, Started: now.Truncate(time.Millisecond),
		Deadline: now.Add(r.Deadline + r.RollbackDeadline).Truncate(time.Second),
	}
}

func (r *run) kind() ledger.Kind {
	switch {
	case r.Kind != "":
		return r.Kind
	case r.From != "":
		return ledger.Promote
	}
	return ledger.Deploy
}

// longest is how much of a text that anybody may have written is kept, in bytes.
const longest = 1000

func cut(text string) string {
	if len(text) <= longest {
		return text
	}
	end := longest
	for end > 0 && text[end]&0xC0 == 0x80 { // not in the middle of a character
		end--
	}
	return text[:end] + "…"
}

// recordTime is how long the end of a release may take to be written, also when the release's own time is over.
const recordTime = 20 * time.Second

// finish writes how the release ended.
func (r *run) finish(ctx context.Context, outcome string, failed error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	e := &r.attempt.Entry
	e.Outcome, e.Ended = outcome, r.Clock.Now().UTC().Truncate(time.Millisecond)
	e.Image, e.Digest, e.Previous = r.image.Ref(), r.image.Digest, r.site.previous.Ref()
	e.TaskDefinition, e.Serves, e.Error, e.Steps = r.change.taskDefinition, r.serves, failure(failed), nil
	for _, s := range r.times {
		e.Steps = append(e.Steps, ledger.Step{Name: s.Name, Outcome: string(s.Outcome), Seconds: s.Seconds, Note: cut(s.Note)})
	}
	var proof, report error
	if r.proof.Requested != "" {
		e.Proof, proof = json.Marshal(r.proof)
	}
	if r.report != nil {
		e.Report, report = json.Marshal(r.report)
	}
	return errors.Join(proof, report, r.attempt.Finish(ctx))
}

func failure(err error) *ledger.Failure {
	var typed *fault.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &typed):
		return &ledger.Failure{Cause: typed.Error(), Evidence: typed.Evidence, Next: typed.Next}
	}
	return &ledger.Failure{Cause: err.Error()}
}

// conclude records a release that did not come as far as its own record.
func (r *run) conclude(ctx context.Context, outcome string, failed error) {
	if r.attempt == nil || r.attempt.Entry.Outcome != ledger.InProgress {
		return
	}
	if outcome == Failed && fault.CodeOf(failed) == fault.Interrupted {
		outcome = ledger.Interrupted
	}
	if err := r.finish(ctx, outcome, failed); err != nil {
		r.warn("how the release ended could not be recorded: %v", err)
	}
}
