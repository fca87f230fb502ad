package engine

import (
	"context"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/opthistory"
)

// Entry is one operation in a stack's history.
type Entry struct {
	Version int               `json:"version"`
	Kind    string            `json:"kind"`   // update, destroy, refresh, import, …
	Result  string            `json:"result"` // succeeded, failed, in-progress
	Message string            `json:"message"`
	Start   time.Time         `json:"start"`
	End     time.Time         `json:"end"`    // zero while it runs
	Config  map[string]string `json:"config"` // plain values; secret ones are left out
	Changes map[string]int    `json:"changes,omitempty"`
}

// timeLayout is how `pulumi stack history --json` writes times.
const timeLayout = "2006-01-02T15:04:05.000Z"

// History returns the last n operations on the stack, the newest first, and none for a stack that is not there.
func (s *Stack) History(ctx context.Context, n int) ([]Entry, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	updates, err := s.pulumi.History(ctx, n, 1, opthistory.ShowSecrets(false))
	if auto.IsSelectStack404Error(err) {
		return nil, nil
	}
	if err != nil {
		return nil, s.wrap(ctx, "reading the history of", err, nil)
	}
	entries := make([]Entry, 0, len(updates))
	for _, update := range updates {
		entries = append(entries, entryOf(update))
	}
	return entries, nil
}

func entryOf(update auto.UpdateSummary) Entry {
	entry := Entry{
		Version: update.Version, Kind: update.Kind, Result: update.Result, Message: update.Message,
		Config: make(map[string]string, len(update.Config)),
	}
	entry.Start, _ = time.Parse(timeLayout, update.StartTime)
	if update.EndTime != nil {
		entry.End, _ = time.Parse(timeLayout, *update.EndTime)
	}
	if update.ResourceChanges != nil {
		entry.Changes = *update.ResourceChanges
	}
	for key, value := range update.Config {
		if !value.Secret {
			entry.Config[key] = value.Value
		}
	}
	return entry
}
