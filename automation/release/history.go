package release

import (
	"context"
	"regexp"
	"strings"
	"time"

	"slipway/automation/engine"
)

// Release is an image in an environment, as Pulumi's history tells it.
type Release struct {
	Version int       `json:"version"` // of the stack
	Image   string    `json:"image"`   // repository@sha256:…
	Digest  string    `json:"digest"`
	Tag     string    `json:"tag"` // the commit
	Commit  string    `json:"commit"`
	Author  string    `json:"author,omitempty"`
	Subject string    `json:"subject,omitempty"`
	Time    time.Time `json:"time"`
	Outcome string    `json:"outcome"` // released, rolled back, failed
	Message string    `json:"message"`

	From      string `json:"from,omitempty"`      // the environment it was promoted from
	Execution string `json:"execution,omitempty"` // of the pipeline that released it
}

// history is a stack's updates, newest first.
type history interface {
	History(ctx context.Context, n int) ([]engine.Entry, error)
}

// lookBack is how many updates are looked through for one that is needed.
const lookBack = 20

// History answers the releases among the last n updates of an environment,
// newest first. A release that was taken back right after is "rolled back".
func History(ctx context.Context, from history, n int) ([]Release, error) {
	entries, err := from.History(ctx, n)
	if err != nil {
		return nil, err
	}
	var out []Release
	undone := false
	for _, e := range entries {
		r, ok := releaseOf(e)
		if !ok {
			continue
		}
		if undone && r.Outcome == Released {
			r.Outcome = RolledBack
		}
		undone = strings.HasPrefix(e.Message, undoing)
		out = append(out, r)
	}
	return out, nil
}

// undoing begins the message of an update that puts a previous image back.
const undoing = "roll back to "

var messageForm = regexp.MustCompile(`^release \S+?(?: by ([^:]+?))?(?:: (.*?))?(?: \[promoted from (\S+)\])?(?: \[execution (\S+)\])?$`)

// releaseOf reads one update; ok is false for one that ran no image.
func releaseOf(e engine.Entry) (r Release, ok bool) {
	image, err := ParseImage(e.Config[imageKey], e.Config[commitKey])
	if err != nil || e.Kind != "update" {
		return Release{}, false
	}
	r = Release{
		Version: e.Version, Image: image.Ref(), Digest: image.Digest, Tag: image.Commit, Commit: image.Commit,
		Time: e.Start, Outcome: Released, Message: e.Message,
	}
	if e.Result != "succeeded" {
		r.Outcome = Failed
	}
	if parts := messageForm.FindStringSubmatch(e.Message); parts != nil {
		r.Author, r.Subject, r.From, r.Execution = parts[1], parts[2], parts[3], parts[4]
	}
	return r, true
}

// imageBefore is the newest released image in the history that is not the given one.
func imageBefore(ctx context.Context, from history, ref string) (image, commit string) {
	all, err := History(ctx, from, lookBack)
	if err != nil {
		return "", ""
	}
	for _, r := range all {
		if r.Image != ref && r.Outcome == Released {
			return r.Image, r.Commit
		}
	}
	return "", ""
}
