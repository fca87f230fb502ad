package release

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"slipway/automation/cloud"
)

// Ping, Identity, Image, Service, Tasks, Targets, Definition and LastLines answer as AWS and Docker would.

func (w *world) Ping(context.Context) error { return w.pingE }

func (w *world) Identity(context.Context) (cloud.Identity, error) {
	return cloud.Identity{Account: "000000000000", Region: "us-east-1", ARN: w.who}, nil
}

func (w *world) Image(_ context.Context, _, ref string) (cloud.Image, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i, ok := w.registry[ref]
	return i, ok, w.imageE[ref]
}

func (w *world) Labels(_ context.Context, _, digest string) (map[string]string, error) {
	return w.labels[digest], nil
}

// Tag refuses to move a tag, as a repository of immutable tags does.
func (w *world) Tag(_ context.Context, _, digest, tag string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if has, there := w.registry[tag]; there && has.Digest != digest {
		return fmt.Errorf("tag %s is that of %s", tag, has.Digest)
	}
	image := w.registry[digest]
	image.Tags = append(image.Tags, tag)
	w.registry[tag], w.registry[digest] = image, image
	return nil
}

func (w *world) now() frame {
	w.mu.Lock()
	defer w.mu.Unlock()
	shown := w.frames[0]
	for _, f := range w.frames {
		if f.at <= w.clock.Since(w.since) {
			shown = f
		}
	}
	return shown
}

func (w *world) denied(call string) error {
	w.asking.Lock()
	defer w.asking.Unlock()
	if w.cloudE == nil {
		return nil
	}
	return w.cloudE(call)
}

// away makes AWS silent for a time from the beginning of a step on, in the same words to all that are asked side by side.
func (w *world) away(step string, d time.Duration) {
	var since time.Time
	w.cloudE = func(string) error {
		if since.IsZero() && w.sink.last() == step {
			since = w.clock.Now()
		}
		if since.IsZero() || w.clock.Since(since) > d {
			return nil
		}
		return errors.New("no route to host")
	}
}

func (w *world) Service(ctx context.Context, _, _ string) (cloud.Service, error) {
	if err := w.denied("service"); err != nil {
		return cloud.Service{}, err
	}
	return w.now().service, ctx.Err()
}

// ServiceDeployments is ECS's record: what it gave up comes first, since a roll back belongs to the deployment that it ends.
func (w *world) ServiceDeployments(ctx context.Context, _, _ string, _ time.Time) (all []cloud.ServiceDeployment, err error) {
	if err := w.denied("record"); err != nil {
		return nil, err
	}
	for _, d := range w.now().service.Deployments {
		one := cloud.ServiceDeployment{TaskDefinition: d.TaskDefinition, Status: d.RolloutState, Reason: d.RolloutReason}
		if one.Status == "FAILED" {
			one.Status = "ROLLBACK_SUCCESSFUL"
			all = append([]cloud.ServiceDeployment{one}, all...)
			continue
		}
		all = append(all, one)
	}
	for revision := w.revision; revision > 6; revision-- { // those of before stay in the record
		if !slices.ContainsFunc(all, func(d cloud.ServiceDeployment) bool { return d.TaskDefinition == arn(revision) }) {
			all = append(all, cloud.ServiceDeployment{TaskDefinition: arn(revision), Status: "STOPPED"})
		}
	}
	return all, ctx.Err()
}

func (w *world) Tasks(ctx context.Context, _, _ string, stopped bool) ([]cloud.Task, error) {
	if err := w.denied("tasks"); err != nil {
		return nil, err
	}
	if stopped {
		return append([]cloud.Task{}, w.now().stopped...), ctx.Err()
	}
	return append([]cloud.Task{}, w.now().running...), ctx.Err()
}

func (w *world) Targets(ctx context.Context, _ string) ([]cloud.Target, error) {
	return w.now().targets, ctx.Err()
}

func (w *world) Definition(_ context.Context, arn string) (cloud.Definition, error) {
	return cloud.Definition{ARN: arn, Containers: []cloud.Template{{Name: "app", LogGroup: "logs", LogPrefix: "app"}}}, nil
}

func (w *world) LastLines(context.Context, string, string, int) ([]string, error) {
	return w.lines, nil
}

func (w *world) Redeploy(_ context.Context, _, _, taskDefinition string) error {
	if err := w.denied("redeploy"); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if taskDefinition != arn(w.revision) { // one from before, which worked
		_, revision, _ := split(taskDefinition)
		w.frames, w.since = succeeds(revision, w.revision, w.served), w.clock.Now()
		return nil
	}
	ref, _ := w.outputs["Image"].(string)
	commit, _ := w.outputs["Commit"].(string)
	image, err := ParseImage(ref, commit)
	w.play(image)
	return err
}

func (w *world) version(out http.ResponseWriter, asked *http.Request) {
	if asked.URL.Path != "/version" {
		out.Header().Set("Location", "/version")
		out.WriteHeader(w.health)
		return
	}
	if w.answer == nil {
		http.NotFound(out, asked)
		return
	}
	_ = json.NewEncoder(out).Encode(w.answer(w.now().serves))
}
