package release

import (
	"context"
	"errors"
	"fmt"

	"slipway/automation/engine"
)

// envStack is the environment's stack.
type envStack struct{ *world }

func (s envStack) Outputs(ctx context.Context) (map[string]any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]any{}
	for k, v := range s.outputs {
		out[k] = v
	}
	return out, ctx.Err()
}

func (s envStack) Earlier(context.Context) (map[string]string, error) { return s.earlier, nil }

func (s envStack) Preview(_ context.Context, config map[string]string) (engine.Changes, error) {
	if s.onPreview != nil {
		s.onPreview()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	plan := append(engine.Changes{}, s.plan...)
	if s.outputs["Image"] != config[imageKey] || s.outputs["Commit"] != config[commitKey] {
		plan = append(plan,
			engine.Change{Type: "aws:ecs/taskDefinition:TaskDefinition", Name: "task", Op: "replace"},
			engine.Change{Type: "aws:ecs/service:Service", Name: "service", Op: "update"})
	}
	return plan, s.previewE
}

func (s envStack) Update(ctx context.Context, config map[string]string, _ string) (engine.Changes, error) {
	image, err := ParseImage(config[imageKey], config[commitKey])
	if err != nil {
		return nil, err
	}
	if s.onUpdate != nil {
		s.onUpdate(image.Commit)
	}
	if err := engine.Unwanted(ctx); err != nil { // asked once the lock is free
		return nil, err
	}
	if s.stale > 0 {
		s.stale--
		return nil, &engine.Stale{Stack: "dev", Err: &engine.Failed{Stack: "dev", Doing: "updating", Diagnostics: []string{"resource violates plan"}}}
	}
	s.updates = append(s.updates, config)
	if err := errors.Join(s.updateE[image.Commit], ctx.Err()); err != nil {
		return nil, err
	}
	s.run(image)
	return nil, s.halfwayOnce()
}

// run makes the next task definition and lets its script begin.
func (w *world) run(image Image) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.revision++
	w.outputs["Image"], w.outputs["Commit"], w.outputs["TaskDefinition"] = image.Ref(), image.Commit, arn(w.revision)
	w.play(image)
}

// play lets the script of an image begin, for the newest task definition.
func (w *world) play(image Image) {
	script := w.scripts[image.Commit]
	if script == nil {
		script = succeeds
	}
	w.frames, w.since = script(w.revision, w.revision-1, image), w.clock.Now()
}

func (w *world) halfwayOnce() error {
	err := w.halfway
	w.halfway = nil
	return err
}

type delivery struct{}

func (delivery) Outputs(context.Context) (map[string]any, error) {
	return map[string]any{"RepositoryURL": repository, "RepositoryName": "slipway", "ArtifactBucket": bucket}, nil
}

type builder struct{ *world }

func (b builder) Build(_ context.Context, to Target) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.built++; b.buildE != nil {
		return "", b.buildE
	}
	if to.RepositoryURL != repository || to.Tag != sourceOf(newCommit).Tag() {
		return "", fmt.Errorf("asked to build %+v", to)
	}
	b.push(newImage)
	delete(b.registry, newImage.Commit) // only the source is a tag yet
	return newImage.Digest, nil
}
