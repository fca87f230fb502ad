package release

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"slipway/automation/cloud"
	"slipway/automation/engine"
	"slipway/automation/fault"
	"slipway/automation/release/ledger"
)

// readOnly is a bucket that takes nothing.
type readOnly struct{ ledger.Objects }

func (readOnly) PutObject(context.Context, *s3.PutObjectInput, ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	return nil, errors.New("AccessDenied")
}

// writesOnce is a bucket that takes one object.
type writesOnce struct {
	ledger.Objects
	full bool
}

func (w *writesOnce) PutObject(ctx context.Context, in *s3.PutObjectInput, o ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	if w.full {
		return nil, errors.New("SlowDown")
	}
	w.full = true
	return w.Objects.PutObject(ctx, in, o...)
}

// outcome is what a test of a whole release expects.
type outcome struct {
	code    int
	outcome string
	runs    Image    // what the stack says in the end
	steps   string   // name=outcome, in order
	ledger  string   // the newest entries, newest first
	said    []string // parts of the error: cause, evidence and next
	told    []string // parts of notes and warnings
}

const (
	straight = "preflight=done build=done preview=done update=done rollout=done verify=done record=done"
	restored = " roll back: preview=done roll back: update=done roll back: rollout=done roll back: verify=done"
)

func TestDeploy(t *testing.T) {
	tests := []struct {
		name  string
		given func(w *world, o *Options)
		want  outcome
	}{
		{"builds and releases", func(w *world, o *Options) {},
			outcome{outcome: Released, runs: newImage, steps: straight,
				ledger: "abababa released, 0101010 released", told: []string{"has started 2 tasks", "2/2 running, 2/2 healthy"}}},
		{"builds nothing that the registry has", func(w *world, o *Options) { w.push(newImage) },
			outcome{outcome: Released, runs: newImage, steps: strings.Replace(straight, "build=done", "build=skipped", 1)}},
		{"tags the image of the same source", func(w *world, o *Options) {
			w.push(newImage)
			delete(w.registry, newCommit)
			o.Source.Commit, o.Source.Folder = midCommit, "elsewhere" // neither makes another image
		}, outcome{outcome: Released, runs: newImage, steps: strings.Replace(straight, "build=done", "build=skipped", 1)}},
		{"the source that runs, under another commit", func(w *world, o *Options) { o.Source = sourceOf(oldCommit) },
			outcome{outcome: Released, runs: Image{repository, oldImage.Digest, newCommit}, ledger: "abababa released, 0101010 released",
				steps: strings.Replace(straight, "build=done", "build=skipped", 1)}},
		{"that does not work", func(w *world, o *Options) { o.Source, w.scripts[newCommit] = sourceOf(oldCommit), crashes },
			outcome{code: fault.RolledBack, outcome: RolledBack, runs: oldImage, said: []string{"0101010 serves again"}}},
		{"another app of the commit", func(w *world, o *Options) {
			w.push(newImage)
			o.Source.Folder, o.Source.Tree = "services/api", "other"
		}, outcome{code: fault.NotReady, outcome: Failed, runs: oldImage, steps: "preflight=failed", said: []string{
			"another image of this commit", "built from images/app (tree treeabababab, Dockerfile, linux/amd64)",
			"services/api (tree other, Dockerfile, linux/amd64)", "slipway:appName"}}},
		{"other arguments of the commit, which the registry has too", func(w *world, o *Options) {
			w.push(newImage)
			o.Source = sourceOf(oldCommit)
		}, outcome{code: fault.NotReady, outcome: Failed, runs: oldImage, steps: "preflight=failed", said: []string{"tree tree01010101"}}},
		{"an image without labels", func(w *world, o *Options) {
			w.registry[newCommit] = cloud.Image{Digest: midImage.Digest}
		}, outcome{code: fault.NotReady, outcome: Failed, runs: oldImage, said: []string{"its labels do not name"}}},
		{"promotes an image", func(w *world, o *Options) { w.push(newImage); o.Image, o.From = newImage.Ref(), "dev" },
			outcome{outcome: Released, runs: newImage, steps: strings.Replace(straight, "build=done", "build=skipped", 1),
				ledger: "abababa released, 0101010 released"}},
		{"changes nothing that is there", func(w *world, o *Options) { o.Commit.Hash, o.Source = oldCommit, sourceOf(oldCommit) },
			outcome{outcome: Released, runs: oldImage, ledger: "0101010 released",
				steps: "preflight=done build=skipped preview=done update=skipped rollout=skipped verify=done record=skipped"}},
		{"goes on with a rollout that an earlier run left", func(w *world, o *Options) { w.run(newImage); w.push(newImage); w.record(ledger.InProgress, newImage) },
			outcome{outcome: Released, runs: newImage, steps: "preflight=done build=skipped preview=done update=skipped rollout=done verify=done record=done",
				ledger: "abababa released, abababa interrupted, 0101010 released"}},
		{"first release", func(w *world, o *Options) {
			w.outputs["Image"], w.outputs["Commit"] = "", ""
			w.forget()
			o.Objects = w.book.Objects
		},
			outcome{outcome: Released, runs: newImage, steps: straight}},

		{"another region", func(w *world, o *Options) {
			w.outputs["TaskDefinition"] = "arn:aws:ecs:eu-west-1:111111111111:task-definition/slipway-dev:7"
		}, outcome{code: fault.NotReady, outcome: Failed, runs: oldImage, steps: "preflight=failed",
			said: []string{"the environment is in account 111111111111, eu-west-1 (arn:aws:ecs:eu-west-1:111111111111:task-definition/slipway-dev:7), " +
				"and this process looks at account 000000000000, us-east-1", "set aws:region", "export AWS_REGION=eu-west-1"}}},

		{"AWS is away for minutes of the rollout", func(w *world, o *Options) { w.away("rollout", 3*time.Minute) },
			outcome{outcome: Released, runs: newImage, steps: straight,
				told: []string{"warning: the rollout cannot be seen now, and goes on: no route to host", "the rollout is seen again after 3m"}}},
		{"AWS is away for minutes of the proof", func(w *world, o *Options) { w.away("verify", 3*time.Minute) },
			outcome{outcome: Released, runs: newImage, steps: straight}},
		{"AWS is away to the end", func(w *world, o *Options) { w.away("rollout", 6*time.Minute) },
			outcome{code: fault.RolledBack, outcome: RolledBack, runs: oldImage, said: []string{"not live before the deadline; not seen since", "no route to host"}}},
		{"a large service takes minutes to stop its old tasks", func(w *world, o *Options) { w.scripts[newCommit] = drains },
			outcome{outcome: Released, runs: newImage, steps: straight}},

		{"the stack changed while we waited for its lock", func(w *world, o *Options) { w.stale = 1 },
			outcome{outcome: Released, runs: newImage, steps: straight, told: []string{"dev changed after it was previewed: looking again"}}},
		{"the stack got a resource while we waited for its lock", func(w *world, o *Options) {
			w.stale = 1
			w.onUpdate = func(string) {
				w.plan = engine.Changes{{Type: "aws:lb/listener:Listener", Name: "theirs", Op: "delete"}}
			}
		}, outcome{code: fault.NotReady, outcome: Failed, runs: oldImage, steps: "preflight=done build=done preview=done update=failed",
			said: []string{"delete aws:lb/listener:Listener theirs"}}},
		{"the stack changes again and again", func(w *world, o *Options) { w.stale = 99 },
			outcome{code: fault.Unexpected, outcome: Failed, runs: oldImage, said: []string{"not what was previewed"}}},

		{"ECS rolls back", func(w *world, o *Options) { w.scripts[newCommit] = breaker },
			outcome{code: fault.RolledBack, outcome: RolledBack, runs: oldImage, ledger: "abababa rolled back, 0101010 released",
				steps: "preflight=done build=done preview=done update=done rollout=failed" + restored,
				said:  []string{"rolled back by ECS to slipway-dev:7: ECS deployment circuit breaker", "0101010 serves again"}}},
		{"crash loop ends at the second crash", func(w *world, o *Options) {
			w.scripts[newCommit], w.lines = crashes, []string{"PHP Fatal error: no", "DB_PASSWORD=hunter22"}
		}, outcome{code: fault.RolledBack, outcome: RolledBack, runs: oldImage, ledger: "abababa rolled back, 0101010 released",
			steps: "preflight=done build=done preview=done update=done rollout=failed" + restored,
			said:  []string{"keep stopping in the same way: exit code 1", "PHP Fatal error: no", "DB_PASSWORD=[hidden]", "probable cause: the container exits"}}},
		{"health check never passes", func(w *world, o *Options) { w.scripts[newCommit] = unhealthy },
			outcome{code: fault.RolledBack, outcome: RolledBack, runs: oldImage,
				said: []string{"failed ELB health checks", "answered with 500", "slipway:healthPath"}}},
		{"deadline", func(w *world, o *Options) { w.scripts[newCommit] = pending },
			outcome{code: fault.RolledBack, outcome: RolledBack, runs: oldImage, said: []string{"not live before the deadline: 0/2 running"}}},
		{"another version answers", func(w *world, o *Options) {
			w.answer = func(i Image) map[string]string {
				return map[string]string{"commit": oldCommit, "digest": oldImage.Digest}
			}
		}, outcome{code: fault.RolledBack, outcome: RolledBack, runs: oldImage, steps: "preflight=done build=done preview=done update=done rollout=done verify=failed" + restored,
			said: []string{"not the image asked for", `commit "0101`}}},
		{"an app without a version", func(w *world, o *Options) { w.answer, o.VersionPath, o.HealthPath = nil, "", "/up" },
			outcome{outcome: Released, runs: newImage, steps: straight}},
		{"an app whose health is a redirect", func(w *world, o *Options) {
			w.answer, w.health, o.VersionPath, o.HealthPath, o.HealthStatus = nil, 302, "", "/up", "200-399"
		}, outcome{outcome: Released, runs: newImage, steps: straight}},
		{"an app without a version that does not answer", func(w *world, o *Options) { w.health, o.VersionPath, o.HealthPath = 503, "", "/up" },
			outcome{code: fault.RollbackFailed, outcome: Failed, runs: oldImage, steps: "preflight=done build=done preview=done update=done rollout=done verify=failed roll back: preview=done roll back: update=done roll back: rollout=done roll back: verify=failed return: rollout=done return: verify=failed",
				said: []string{"does not answer as its health check wants", "the app at /up answered with status 503, and not with 200"}}},
		{"a version path that the app does not have", func(w *world, o *Options) { w.answer = nil },
			outcome{code: fault.RollbackFailed, outcome: Failed, runs: oldImage,
				said: []string{"the app at /version answered with status 404", "without slipway:versionPath"}}},
		{"update ends halfway", func(w *world, o *Options) { w.halfway = errors.New("service: AccessDenied") },
			outcome{code: fault.RolledBack, outcome: RolledBack, runs: oldImage, said: []string{"AccessDenied"}}},
		{"an unfinished rollout of an earlier run crashes", func(w *world, o *Options) {
			w.scripts[newCommit] = crashes
			w.run(newImage)
			w.push(newImage)
		}, outcome{code: fault.RolledBack, outcome: RolledBack, runs: oldImage}},

		{"the previous image does not work with what else changed", func(w *world, o *Options) { w.scripts[newCommit], w.scripts[oldCommit] = crashes, crashes },
			outcome{code: fault.RolledBack, outcome: RolledBack, runs: oldImage, ledger: "abababa rolled back, 0101010 released",
				steps: "preflight=done build=done preview=done update=done rollout=failed roll back: preview=done roll back: update=done roll back: rollout=failed return: rollout=done return: verify=done",
				said:  []string{"0101010 serves again"}, told: []string{"returning the service to slipway-dev:7"}}},
		{"rollback does not work", func(w *world, o *Options) {
			w.scripts[newCommit], w.scripts[oldCommit] = crashes, crashes
			w.cloudE = func(call string) error {
				if call == "redeploy" {
					return errors.New("redeploy: AccessDenied")
				}
				return nil
			}
		}, outcome{code: fault.RollbackFailed, outcome: Failed, runs: oldImage, said: []string{"putting 0101010 back did not work: redeploy: AccessDenied", "keep stopping"}}},
		{"rollback is locked out", func(w *world, o *Options) {
			w.scripts[newCommit], w.updateE[oldCommit] = crashes, &engine.Locked{Stack: "dev"}
		}, outcome{code: fault.RollbackFailed, outcome: Failed, runs: newImage, said: []string{"another update holds the stack"}}},
		{"previous image is gone", func(w *world, o *Options) { w.scripts[newCommit] = crashes; delete(w.registry, oldImage.Digest) },
			outcome{code: fault.RollbackFailed, outcome: Failed, runs: newImage, said: []string{"no longer in the registry"},
				told: []string{"warning: the previous image 0101010"}}},
		{"nothing to put back", func(w *world, o *Options) {
			w.scripts[newCommit] = crashes
			w.outputs["Image"], w.outputs["Commit"] = "", ""
			w.forget()
			o.Objects = w.book.Objects
		}, outcome{code: fault.RollbackFailed, outcome: Failed, runs: newImage, said: []string{"no previous release to put back"}}},
		{"another release came while we waited for the lock", func(w *world, o *Options) {
			w.push(midImage)
			w.scripts[newCommit] = crashes
			w.onUpdate = func(commit string) {
				if commit == newCommit {
					w.onUpdate = nil
					w.run(midImage)
					w.record(ledger.Released, midImage)
				}
			}
		}, outcome{code: fault.RolledBack, outcome: RolledBack, runs: midImage, ledger: "5555555 released, abababa rolled back"}},

		{"another deployer released the same commit while we looked", func(w *world, o *Options) {
			w.push(newImage)
			w.onPreview = func() { w.onPreview = nil; w.run(newImage) }
		}, outcome{outcome: Released, runs: newImage, steps: "preflight=done build=skipped preview=done update=skipped rollout=done verify=done record=done"}},
		{"ECS went back from it in an earlier run", func(w *world, o *Options) {
			w.push(newImage)
			w.run(newImage)
			w.record(ledger.Failed, newImage)
			w.shows(breaker(8, 7, newImage))
		}, outcome{outcome: Released, runs: newImage, steps: "preflight=done build=skipped preview=done update=done rollout=done verify=done record=done",
			ledger: "abababa released, abababa failed, 0101010 released"}},
		{"ECS does not answer while a live release is repeated", func(w *world, o *Options) {
			o.Commit.Hash, o.Source = oldCommit, sourceOf(oldCommit)
			w.cloudE = func(call string) error { return errors.New(call + ": no route to host") }
		}, outcome{code: fault.Unexpected, outcome: Failed, runs: oldImage, steps: "preflight=done build=skipped preview=failed",
			ledger: "0101010 released", said: []string{"no route to host"}}},
		{"an image that never served is not put back", func(w *world, o *Options) {
			w.push(midImage)
			w.run(midImage) // its deployer was killed
			w.record(ledger.InProgress, midImage)
			w.scripts[newCommit] = crashes
		}, outcome{code: fault.RolledBack, outcome: RolledBack, runs: oldImage, ledger: "abababa rolled back, 5555555 interrupted, 0101010 released"}},
		{"the ledger cannot be written", func(w *world, o *Options) { o.Objects = readOnly{w.book.Objects} },
			outcome{code: fault.Unexpected, outcome: Failed, runs: oldImage, steps: "preflight=done build=failed", ledger: "0101010 released",
				said: []string{"record that the release begins"}}},
		{"the end cannot be written", func(w *world, o *Options) { o.Objects = &writesOnce{Objects: w.book.Objects} },
			outcome{code: fault.Unexpected, outcome: Released, runs: newImage, steps: "preflight=done build=done preview=done update=done rollout=done verify=done record=failed",
				ledger: "abababa in progress, 0101010 released", said: []string{"live and proved, but it could not be recorded; the same command records it"}}},
		{"another release took over while the roll back waited for the lock", func(w *world, o *Options) {
			w.push(midImage)
			w.scripts[newCommit] = crashes
			w.onUpdate = func(commit string) {
				if commit == oldCommit { // the roll back's turn
					w.onUpdate = nil
					w.run(midImage)
					w.record(ledger.Released, midImage)
				}
			}
		}, outcome{code: fault.Superseded, outcome: Superseded, runs: midImage, told: []string{"slipway-dev:9 took over: nothing is put back"}}},
		{"superseded", func(w *world, o *Options) { w.scripts[newCommit] = overtaken },
			outcome{code: fault.Superseded, outcome: Superseded, runs: newImage, steps: "preflight=done build=done preview=done update=done rollout=superseded"}},
		{"superseded while it is verified", func(w *world, o *Options) { w.scripts[newCommit] = overtakenLater },
			outcome{code: fault.Superseded, outcome: Superseded, runs: newImage, steps: "preflight=done build=done preview=done update=done rollout=done verify=failed",
				told: []string{"slipway-dev:9 took over"}}},

		{"locked", func(w *world, o *Options) {
			w.updateE[newCommit] = &engine.Locked{Stack: "dev", Holders: []engine.Holder{{User: "ann", Host: "ci", PID: 4}}}
		}, outcome{code: fault.Locked, outcome: Failed, runs: oldImage, said: []string{"ann@ci (pid 4)"}}},
		{"infrastructure would change", func(w *world, o *Options) {
			w.plan = engine.Changes{{Type: "aws:lb/listener:Listener", Name: "http", Op: "update"}, {Type: "aws:ecs/service:Service", Name: "service", Op: "replace"}}
		}, outcome{code: fault.NotReady, outcome: Failed, runs: oldImage, steps: "preflight=done build=done preview=failed",
			said: []string{"update aws:lb/listener:Listener http", "replace aws:ecs/service:Service service", "slipway up dev", "--allow-infrastructure"}}},
		{"infrastructure may change", func(w *world, o *Options) {
			w.plan, o.AllowInfrastructure = engine.Changes{{Type: "aws:lb/listener:Listener", Name: "http", Op: "update"}}, true
		}, outcome{outcome: Released, runs: newImage, steps: straight, told: []string{"1 infrastructure changes"}}},
		{"preview does not work", func(w *world, o *Options) { w.previewE = errors.New("bad config") },
			outcome{code: fault.Unexpected, outcome: Failed, runs: oldImage, said: []string{"bad config"}}},
		{"build does not work", func(w *world, o *Options) {
			w.buildE = &engine.Failed{Stack: "images", Diagnostics: []string{"#5 RUN composer install\nexit code: 127"}}
		}, outcome{code: fault.BuildFailed, outcome: Failed, runs: oldImage, steps: "preflight=done build=failed",
			said: []string{"environment was not touched", "RUN composer install", "exit code: 127",
				"docker build --file images/app/Dockerfile images/app, in a checkout of abababababab"}}},
		{"no Docker", func(w *world, o *Options) { w.pingE = errors.New("connection refused") },
			outcome{code: fault.NotReady, outcome: Failed, runs: oldImage, steps: "preflight=failed", said: []string{"no Docker engine"}}},
		{"environment does not stand", func(w *world, o *Options) { w.outputs = map[string]any{} },
			outcome{code: fault.NotReady, outcome: Failed, steps: "preflight=failed", said: []string{"slipway up dev"}}},
		{"promoted image is gone", func(w *world, o *Options) { o.Image = newImage.Ref() },
			outcome{code: fault.NotReady, outcome: Failed, runs: oldImage, said: []string{"no longer in the registry"}}},
		{"a tag is no image", func(w *world, o *Options) { o.Image = repository + ":latest" },
			outcome{code: fault.BadInput, runs: oldImage, said: []string{"no image by digest"}}},
		{"commit with shell characters", func(w *world, o *Options) { o.Commit.Hash = "$(reboot)" },
			outcome{code: fault.BadInput, runs: oldImage, said: []string{"cannot be an image tag"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			o := w.options()
			tt.given(w, &o)
			result, err := Deploy(context.Background(), o)
			w.check(result, err, tt.want)
		})
	}
}

func (w *world) check(result Result, err error, want outcome) {
	w.Helper()
	code := fault.CodeOf(err)
	if err == nil {
		code = result.Code()
	}
	if code != want.code {
		w.Errorf("exit code %d, want %d (%v)", code, want.code, err)
	}
	if result.Outcome != want.outcome {
		w.Errorf("outcome %q, want %q", result.Outcome, want.outcome)
	}
	if got, _ := w.outputs["Image"].(string); got != want.runs.Ref() {
		w.Errorf("the stack has %s, want %s", got, want.runs.Ref())
	}
	if want.steps != "" && stepsOf(result) != want.steps {
		w.Errorf("steps\n%s\nwant\n%s", stepsOf(result), want.steps)
	}
	if story := w.story(); !strings.HasPrefix(story, want.ledger) {
		w.Errorf("the ledger has %q, want %q", story, want.ledger)
	}
	var text strings.Builder
	fault.Print(&text, err)
	for _, part := range want.said {
		if !strings.Contains(text.String(), part) {
			w.Errorf("the error does not say %q:\n%s", part, text.String())
		}
	}
	for _, part := range want.told {
		if !strings.Contains(w.sink.text(), part) {
			w.Errorf("nothing told of %q:\n%s", part, w.sink.text())
		}
	}
	if want.outcome == Released && !result.Proof.True() {
		w.Errorf("released without proof: %+v", result.Proof)
	}
}

func stepsOf(r Result) string {
	var out []string
	for _, s := range r.Steps {
		out = append(out, s.Name+"="+string(s.Outcome))
	}
	return strings.Join(out, " ")
}

func TestDeployInterrupted(t *testing.T) {
	tests := []struct {
		name string
		at   time.Duration
		old  script
		said string
		runs Image

		recorded string
	}{
		{"in mid-rollout", 3 * time.Second, succeeds, "0101010 serves again", oldImage, ledger.RolledBack},
		{"and the previous image crashes", 3 * time.Second, crashes, "0101010 serves again", oldImage, ledger.RolledBack},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.scripts[newCommit], w.scripts[oldCommit] = pending, tt.old
			ctx, cancel := context.WithCancel(context.Background())
			begun := w.clock.Now()
			w.clock.step = func() {
				if w.clock.Since(begun) > tt.at {
					cancel()
				}
			}
			result, err := Deploy(ctx, w.options())
			w.check(result, err, outcome{code: fault.Interrupted, outcome: RolledBack, runs: tt.runs, said: []string{"interrupted", tt.said}, ledger: "abababa " + tt.recorded})
		})
	}
}

func TestDeployInterruptedEarly(t *testing.T) {
	tests := []struct {
		name string
		stop func(w *world, cancel func())
		said string
		runs Image
	}{
		{"at once", func(_ *world, cancel func()) { cancel() }, "before the environment changed", oldImage},
		{"while it waits for the lock", func(w *world, cancel func()) {
			w.updateE[newCommit], w.onUpdate = context.Canceled, func(string) { cancel() }
		}, "before the environment changed", oldImage},
		{"in the update", func(w *world, cancel func()) {
			w.halfway = &engine.Failed{Stack: "dev", Doing: "updating", Err: context.Canceled}
			w.scripts[newCommit] = func(own, before int, image Image) []frame { cancel(); return succeeds(own, before, image) }
		}, "0101010 serves again", oldImage},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			ctx, cancel := context.WithCancel(context.Background())
			tt.stop(w, cancel)
			result, err := Deploy(ctx, w.options())
			want := Failed
			if strings.Contains(tt.said, "serves") {
				want = RolledBack
			}
			w.check(result, err, outcome{code: fault.Interrupted, outcome: want, runs: tt.runs, said: []string{tt.said}})
		})
	}
}
