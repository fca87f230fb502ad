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

// begin writes the attempt into the ledger, once, before anything changes. The image is not known while it is not built.
func (p pass) begin(ctx context.Context, site Site, image Image) error {
	if p.log.attempt != nil {
		return nil
	}
	if err := p.supersede(ctx, site); err != nil {
		return err
	}
	attempt, err := site.Ledger.Begin(ctx, p.entry(site, image))
	if err != nil {
		return fmt.Errorf("record that the release begins: %w", err)
	}
	p.log.attempt = attempt
	return nil
}

// entry is what is known when the release begins.
func (p pass) entry(site Site, image Image) ledger.Entry {
	host, _ := os.Hostname() // a help for people; nothing depends on it
	now := p.Clock.Now().UTC()
	return ledger.Entry{
		Kind: p.kind(), Image: image.Ref(), Digest: image.Digest, Tag: p.Commit.Hash, Commit: p.Commit.Hash,
		Author: p.Commit.Author, Subject: cut(p.Commit.Subject), Previous: site.Previous.Ref(),
		From: p.From, FromNumber: p.FromNumber, Reason: p.Reason, Execution: p.Execution, Build: p.BuildURL,
		By: site.Who.ARN, Host: host, Started: now.Truncate(time.Millisecond),
		Deadline: now.Add(p.Deadline + p.RollbackDeadline).Truncate(time.Second),
	}
}

func (p pass) kind() ledger.Kind {
	switch {
	case p.Kind != "":
		return p.Kind
	case p.From != "":
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
func (p pass) finish(ctx context.Context, end ending) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	e := &p.log.attempt.Entry
	e.Outcome, e.Ended = end.outcome, p.Clock.Now().UTC().Truncate(time.Millisecond)
	e.Image, e.Digest, e.Previous = end.image.Ref(), end.image.Digest, end.site.Previous.Ref()
	e.TaskDefinition, e.Serves, e.Error, e.Gates = end.change.TaskDefinition, end.serves, failure(end.err), p.log.gates
	if e.Outcome == ledger.Superseded {
		e.SupersededBy = end.newer()
	}
	e.Steps = nil
	for _, s := range p.log.times {
		e.Steps = append(e.Steps, ledger.Step{Name: s.Name, Outcome: string(s.Outcome), Seconds: s.Seconds, Note: cut(s.Note)})
	}
	var proof, report error
	if end.proof.Requested != "" {
		e.Proof, proof = json.Marshal(end.proof)
	}
	if end.report != nil {
		e.Report, report = json.Marshal(end.report)
	}
	return errors.Join(proof, report, p.log.attempt.Finish(ctx))
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
func (e ending) conclude(ctx context.Context) {
	if e.log.attempt == nil || e.log.attempt.Entry.Outcome != ledger.InProgress {
		return
	}
	if e.outcome == Failed && fault.CodeOf(e.err) == fault.Interrupted {
		e.outcome = ledger.Interrupted
	}
	err := e.finish(ctx, e)
	if e.outcome == Superseded && errors.Is(err, ledger.ErrEnded) {
		return // whoever took over wrote it
	}
	if err != nil {
		e.warn("how the release ended could not be recorded: %v", err)
	}
}
