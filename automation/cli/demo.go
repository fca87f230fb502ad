package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"slipway/automation/demo"
	"slipway/automation/fault"
	"slipway/automation/project"
	"slipway/infra/config"
	"slipway/sandbox"
	"slipway/sandbox/daemon"
)

// demoCommand shows the main job on this machine.
func demoCommand() *cobra.Command {
	var leave bool
	var app string
	cmd := &cobra.Command{
		Use: "demo", Short: "On this machine: push the app, see it go live, push another colour under load, promote it",
		Long: `Starts the sandbox and brings up the stacks delivery, dev and staging. Then it clones the pipeline's
repository, pushes the project, commits "change color to pink" and pushes again while requests run
against the URL; it approves both, so that staging gets the digest that dev proved. It ends with a
proof: the digest that the pipeline built once is the one that runs, and the one that answers, in
both environments. Everything stays up until "slipway sandbox stop"; with --exit it is removed at
the end. Exit code 1 when anything was not proved.

With --app it shows the same with the app in a folder, and changes nothing there: it works on a copy in
.slipway/demo/project below the folder. A folder that is no project yet becomes one in the copy, as by
"slipway init --yes". What the second push changes is then a label of the image.`,
		Example: "  slipway demo\n  slipway demo --app ~/shop --exit",
		Args:    arguments(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if app != "" {
				if err := copyOfApp(cmd, app); err != nil {
					return err
				}
			}
			return runDemo(cmd, leave)
		},
	}
	cmd.Flags().BoolVar(&leave, "exit", false, "remove everything at the end")
	cmd.Flags().StringVar(&app, "app", "", "folder of an app with a Dockerfile: show everything with a copy of it")
	return cmd
}

func runDemo(cmd *cobra.Command, leave bool) (err error) {
	session := From(cmd)
	d, err := session.Deployer()
	if err != nil {
		return err
	}
	release, err := alone(d.Project.Dir("demo.lock"), "the demo")
	if err != nil {
		return err
	}
	defer release()
	dir := d.Project.Dir("sandbox")
	if have, found, err := daemon.Load(dir); err == nil && found {
		if err := renewed(have); err != nil {
			return err
		}
	}
	r, err := startSandbox(cmd, sandbox.Defaults(dir))
	if err != nil && !errors.Is(err, daemon.ErrRunning) {
		return err
	}
	if leave {
		defer func() { err = errors.Join(err, daemon.Stop(context.WithoutCancel(cmd.Context()), dir, false)) }()
	}
	if err := enter(r.Config); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	at, err := d.pipelines(cmd.Context(), defaultDelivery)
	if err != nil {
		return err
	}
	settings, err := d.environment(defaultEnvironment)
	if err != nil {
		return err
	}
	result, err := demo.Run(cmd.Context(), demo.Options{
		Project: d.Project.Root, Work: d.Project.Dir("demo", "clone"), Helper: "!" + shellQuoted(self) + " credential-helper",
		App:      asked(settings),
		Deployer: d, Pipeline: at, Sink: session.Sink(),
	})
	if err != nil {
		return err
	}
	doubts := result.Doubts()
	code := fault.OK
	if len(doubts) > 0 {
		code = fault.Unexpected
	}
	session.Answer("demo", code, result, func(out io.Writer) {
		result.Print(out)
		if !leave {
			slipway := d.called(self)
			_, _ = fmt.Fprintf(out, farewell, result.URL, result.StagingURL, result.PipelineURL, result.JenkinsURL, r.Endpoint(), slipway,
				result.Clone, settings.Build.Context, slipway, slipway)
		}
	})
	if code != fault.OK {
		return exit(code)
	}
	return nil
}

const farewell = `
dev                  %s
staging              %s
The pipeline         %s
Jenkins              %s   (user admin; its certificate is its own)
AWS endpoint         %s   eval "$(%s sandbox env)" turns the aws CLI and pulumi to it
Push something       cd %s, change something in %s, git commit -a, git push
See what runs        %s status   (after the eval above)
Stop and clean up    %s sandbox stop
`

// asked is what the demo asks an environment's app for: the page of its version, or else of its health.
func asked(c *config.Config) demo.App {
	app := demo.App{Dockerfile: path.Join(c.Build.Context, c.Build.Dockerfile), Path: c.VersionPath, Healthy: func(status int) bool { return status == http.StatusOK }}
	if app.Path == "" {
		app.Path, app.Healthy = c.HealthPath, c.HealthCheck.Healthy
	}
	return app
}

// called is how a shell in the current folder calls slipway for the project.
func (d *Deployer) called(self string) string {
	name := "slipway"
	if found, err := exec.LookPath(name); err != nil || found != self {
		name = self
	}
	here, err := os.Getwd()
	if err != nil {
		here = ""
	}
	if near, err := filepath.Rel(here, name); err == nil && filepath.IsAbs(name) && filepath.IsLocal(near) {
		name = near
	}
	if p, err := project.Find(""); err != nil || p.Root != d.Project.Root {
		return shellWord(name) + " --project " + shellWord(d.Project.Root)
	}
	return shellWord(name)
}

// copyOfApp copies the app in a folder into a project below it, and has the rest of the command work there.
func copyOfApp(cmd *cobra.Command, folder string) error {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return err
	}
	fresh := beginning{dockerfile: "Dockerfile", yes: true}
	isProject := exists(filepath.Join(folder, "Pulumi.yaml"))
	if !isProject {
		facts, err := fresh.read(folder)
		if err != nil {
			return err
		}
		if err := fresh.settle(cmd, folder, facts); err != nil {
			return err
		}
	}
	root := filepath.Join(folder, ".slipway", "demo", "project")
	if err := renew(cmd.Context(), folder, root); err != nil {
		return fmt.Errorf("copying %s: %w", folder, err)
	}
	if !isProject {
		if _, err := project.Create(root, fresh.project()); err != nil {
			return fmt.Errorf("making a project of the copy: %w", err)
		}
	}
	From(cmd).ProjectDir = root
	return nil
}

// renew makes the copy anew, but for what the sandbox and the deployer keep in it. Git does not see the copy.
func renew(ctx context.Context, from, to string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(from, ".slipway", ".gitignore"), []byte("*\n"), 0o644); err != nil {
		return err
	}
	entries, err := os.ReadDir(to)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.Name() != ".slipway" {
			if err := os.RemoveAll(filepath.Join(to, entry.Name())); err != nil {
				return err
			}
		}
	}
	return demo.Copy(ctx, from, to)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// enter turns this process to the sandbox, as `eval "$(slipway sandbox env)"` turns a shell.
func enter(c sandbox.Config) error {
	for _, name := range sandbox.Unset() {
		if err := os.Unsetenv(name); err != nil {
			return err
		}
	}
	for _, kv := range c.Environment() {
		name, value, _ := strings.Cut(kv, "=")
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}
