// Package drill makes faults for real, by the deployer itself, on an environment in a sandbox that is thrown away, and checks
// that the report says what the matter is.
package drill

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"slipway/automation/diagnose"
	"slipway/automation/drill/app"
	"slipway/automation/project"
	"slipway/automation/release/ledger"
	"slipway/infra/outputs"
)

const environment = "dev"

// App are the arguments by which this program is the app of a drill.
var App = []string{"drill-app"}

// Result is what came of a drill. It encodes as JSON as it stands.
type Result struct {
	Name    string  `json:"name"`
	Fault   string  `json:"fault"`
	Wanted  string  `json:"wanted"` // the rule that has to conclude
	Rule    string  `json:"rule"`   // the one that did
	Cause   string  `json:"cause"`
	Next    string  `json:"next"`
	Serves  bool    `json:"serves"` // the version before serves, or serves again
	Seconds float64 `json:"seconds"`
	Problem string  `json:"problem,omitempty"` // why the fault could not be made
}

// Passed is whether the report found the fault and the environment serves.
func (r Result) Passed() bool { return r.Problem == "" && r.Rule == r.Wanted && r.Serves }

// Field is a project with a sandbox and an environment of its own, in which drills run.
type Field struct {
	slipway, root   string
	repository, url string // of the images, and of the app
}

// Open makes a field in a folder, which it empties, and turns this process to it: a sandbox, its delivery and an environment
// with an app that works. It is closed by Close, also after an error.
func Open(ctx context.Context, slipway, root string) (*Field, error) {
	f := &Field{slipway: slipway, root: root}
	if _, err := os.Stat(root); err == nil {
		_ = f.Close(ctx) // what a drill that was killed left
	}
	if err := os.RemoveAll(root); err != nil {
		return f, err
	}
	for _, part := range []func(context.Context) error{f.plant, f.start, f.settle} {
		if err := part(ctx); err != nil {
			return f, err
		}
	}
	return f, nil
}

// plant writes the project. Its app is this program, which is in the image under the name of app.
func (f *Field) plant(ctx context.Context) error {
	if err := os.MkdirAll(f.root, 0o755); err != nil {
		return err
	}
	fresh := project.Fresh{Name: "drill", Port: 8080, HealthPath: "/healthz", Dockerfile: "Dockerfile"}
	if _, err := project.Create(f.root, fresh); err != nil {
		return err
	}
	if err := f.git(ctx, "init", "--quiet", "--initial-branch=main"); err != nil {
		return err
	}
	if err := copyFile(f.slipway, filepath.Join(f.root, "slipway")); err != nil {
		return err
	}
	return f.commit(ctx, Drill{Name: "a good version"})
}

func (f *Field) start(ctx context.Context) error {
	if err := f.run(ctx, nil, "sandbox", "start", "--port", "0", "--http-port", "0"); err != nil {
		return err
	}
	var env struct {
		Set   map[string]string
		Unset []string
	}
	if err := f.run(ctx, &env, "sandbox", "env", "--json"); err != nil {
		return err
	}
	var wrong []error
	for _, name := range env.Unset {
		wrong = append(wrong, os.Unsetenv(name))
	}
	for name, value := range env.Set {
		wrong = append(wrong, os.Setenv(name, value))
	}
	return errors.Join(wrong...)
}

func (f *Field) settle(ctx context.Context) error {
	var up struct{ Outputs map[string]any }
	if err := f.run(ctx, &up, "up", "delivery", "--yes", "--json"); err != nil {
		return err
	}
	f.repository, _ = up.Outputs[outputs.RepositoryURL].(string)
	if err := f.run(ctx, &up, "up", environment, "--yes", "--json"); err != nil {
		return err
	}
	f.url, _ = up.Outputs[outputs.AppURL].(string)
	return f.run(ctx, nil, "deploy", environment, "--yes")
}

// Run makes a fault, reads the report, and takes the fault away.
func (f *Field) Run(ctx context.Context, d Drill) (r Result, err error) {
	begun := time.Now()
	r = Result{Name: d.Name, Fault: d.Fault, Wanted: d.Rule}
	var newest recorded
	if err := f.run(ctx, &newest, "show", environment, "--json"); err != nil {
		return r, err
	}
	fault := f.cause(ctx, d)
	switch {
	case ctx.Err() != nil:
		return r, fault
	case fault == nil:
		r.Problem = "the fault did no harm"
	case d.Tasks > 0: // what runs is found by a look at it
		r, err = f.look(ctx, r)
	default:
		r, err = f.read(ctx, r, newest.Number, fault)
	}
	r.Seconds = time.Since(begun).Seconds()
	return r, errors.Join(err, f.mend(ctx, d))
}

// recorded is a release in the ledger.
type recorded struct {
	Number  int
	Outcome string
	Report  *diagnose.Report
}

// read takes the report that the ledger keeps of the release after a number; where there is none, the fault was refused.
func (f *Field) read(ctx context.Context, r Result, after int, fault error) (Result, error) {
	var e recorded
	err := f.run(ctx, &e, "show", environment, "--json")
	if err == nil && e.Number == after {
		r.Problem = fault.Error()
		return r, nil
	}
	r.Serves = e.Outcome == ledger.RolledBack
	return r.told(e.Report), err
}

// look asks for a report of what is there, and the app whether it serves.
func (f *Field) look(ctx context.Context, r Result) (Result, error) {
	var found struct{ Report *diagnose.Report }
	err := f.run(ctx, &found, "diagnose", environment, "--json")
	r.Serves = f.answers(ctx)
	return r.told(found.Report), err
}

func (f *Field) answers(ctx context.Context) bool {
	asked, err := http.NewRequestWithContext(ctx, http.MethodGet, f.url+"/healthz", nil)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(asked)
	if err != nil {
		return false
	}
	_ = answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

func (r Result) told(report *diagnose.Report) Result {
	if report != nil {
		r.Rule, r.Cause, r.Next = report.Finding.Rule, report.Finding.Cause, report.Finding.Next
	}
	return r
}

// cause makes the fault; its error is that of the deployer.
func (f *Field) cause(ctx context.Context, d Drill) error {
	switch {
	case d.Settings != "":
		if err := errors.Join(f.set(d.Settings), f.write("containers.json", "["+strings.ReplaceAll(d.Beside, "REPOSITORY", f.repository)+"]")); err != nil {
			return err
		}
		err := f.run(ctx, nil, "up", environment, "--yes")
		return errors.Join(err, f.set(""))
	case d.Tasks > 0:
		return f.scale(ctx, d.Tasks)
	}
	if err := f.commit(ctx, d); err != nil {
		return err
	}
	return f.run(ctx, nil, "deploy", environment, "--yes")
}

// mend takes away what the next drill must not find.
func (f *Field) mend(ctx context.Context, d Drill) error {
	switch {
	case d.Settings != "":
		return f.run(ctx, nil, "up", environment, "--yes")
	case d.Tasks > 0:
		return f.scale(ctx, 2)
	}
	return nil
}

// scale asks again while ECS still drains tasks of the drill before, for two minutes at most.
func (f *Field) scale(ctx context.Context, tasks int) error {
	for end := time.Now().Add(2 * time.Minute); ; {
		err := f.run(ctx, nil, "scale", environment, strconv.Itoa(tasks), "--timeout", "30s")
		if err == nil || !strings.Contains(err.Error(), "a rollout is in progress") || time.Now().After(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(2 * time.Second):
		}
	}
}

func (f *Field) set(lines string) error {
	return f.write("Pulumi."+environment+".yaml", "config:\n  slipway:kind: environment\n"+lines)
}

func (f *Field) write(name, text string) error {
	return os.WriteFile(filepath.Join(f.root, name), []byte(text), 0o755) // one of them is a program
}

// commit records an app that behaves as a drill says.
func (f *Field) commit(ctx context.Context, d Drill) error {
	behaviour, err := json.Marshal(d.App)
	if err != nil {
		return err
	}
	files := map[string]string{"behaviour.json": string(behaviour), "program": d.Program, "Dockerfile": dockerfile(d)}
	for name, text := range files {
		if err := f.write(name, text); err != nil {
			return err
		}
	}
	if err := f.git(ctx, "add", "--all"); err != nil {
		return err
	}
	return f.git(ctx, "-c", "user.name=Slipway drill", "-c", "user.email=drill@localhost", "-c", "commit.gpgSign=false",
		"commit", "--quiet", "--no-verify", "--allow-empty", "--message", d.Name)
}

func dockerfile(d Drill) string {
	entry := `"/slipway", "` + strings.Join(App, `", "`) + `"`
	if d.Program != "" {
		entry = `"/program"`
	}
	return fmt.Sprintf("FROM scratch\nCOPY slipway /\nCOPY program behaviour.json %s\nEXPOSE 8080\nENTRYPOINT [%s]\n", filepath.Dir(app.File), entry)
}
