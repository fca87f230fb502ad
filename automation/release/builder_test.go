package release

import (
	"context"
	"errors"
	"strings"
	"testing"

	"slipway/automation/engine"
)

// buildStack answers one set of changes after the other.
type buildStack struct {
	calls   []string
	changes []engine.Changes
	err     error
	digest  string
}

func (b *buildStack) Outputs(context.Context) (map[string]any, error) {
	return map[string]any{"Digest": b.digest}, nil
}

func (b *buildStack) Update(_ context.Context, _ map[string]string, message string) (engine.Changes, error) {
	b.calls = append(b.calls, message)
	changes := b.changes[0]
	b.changes = b.changes[1:]
	return changes, b.err
}

func (b *buildStack) Destroy(context.Context) (engine.Changes, error) {
	b.calls = append(b.calls, "destroy")
	return nil, nil
}

func (b *buildStack) Close() { b.calls = append(b.calls, "close") }

func TestStackBuilder(t *testing.T) {
	built := engine.Changes{{Type: "docker:index/image:Image", Op: "create"}}
	tests := []struct {
		name  string
		stack buildStack
		calls string
		err   string
	}{
		{"builds", buildStack{changes: []engine.Changes{built}, digest: newImage.Digest}, "build " + newCommit + ", close", ""},
		{"forgets an image that is gone", buildStack{changes: []engine.Changes{nil, built}, digest: newImage.Digest},
			"build " + newCommit + ", destroy, build " + newCommit + ", close", ""},
		{"does not build", buildStack{changes: []engine.Changes{nil}, err: errors.New("no")}, "build " + newCommit + ", close", "no"},
		{"answers no digest", buildStack{changes: []engine.Changes{built}}, "build " + newCommit + ", close", "no output Digest"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := StackBuilder{Open: func(context.Context, Target) (BuildStack, error) { return &tt.stack, nil }}
			digest, err := b.Build(context.Background(), Target{RepositoryURL: repository, Tag: newCommit})
			if got := strings.Join(tt.stack.calls, ", "); got != tt.calls {
				t.Errorf("calls %s, want %s", got, tt.calls)
			}
			switch {
			case tt.err == "" && (err != nil || digest != newImage.Digest):
				t.Errorf("digest %q, error %v", digest, err)
			case tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)):
				t.Errorf("error %v, want %q", err, tt.err)
			}
		})
	}
}
