package engine

import (
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"

	"slipway/automation/fault"
	"slipway/automation/project"
)

// Times that an interrupted pulumi has to end: the first for the operations under way to finish and the state
// and lock to be put in order, the second for it to stop after being told twice.
const (
	graceToFinish = 2 * time.Minute
	graceToStop   = 15 * time.Second
)

// command runs the pulumi CLI for the Automation API. It differs from the API's own runner in this: a terminal's
// Ctrl-C does not reach the CLI, only we interrupt it, once; it has minutes to finish cleanly, not ten seconds;
// and when this process dies, the CLI is interrupted too instead of going on alone.
type command struct {
	path    string
	version semver.Version
	project *project.Project
}

var commands sync.Map // found CLIs by project root: asking one for its version takes a quarter of a second

// Version is for the Automation API.
func (c *command) Version() semver.Version { return c.version }

// findCommand returns the pulumi CLI that set-up built, in the project or beside this program, or the one on PATH.
func findCommand(p *project.Project) (*command, error) {
	if known, ok := commands.Load(p.Root); ok {
		return known.(*command), nil
	}
	var path, root string
	for _, root = range toolFolders(p) {
		built := filepath.Join(root, "bin", "pulumi")
		if _, err := os.Stat(built); err == nil {
			path = built
			break
		}
	}
	if path == "" {
		var err error
		root = ""
		if path, err = exec.LookPath("pulumi"); err != nil {
			return nil, &fault.Error{
				Op: "looking for the pulumi CLI", Code: fault.NotReady, Err: err,
				Cause: "it is neither in " + strings.Join(toolFolders(p), "/bin or ") + "/bin nor on PATH",
				Next:  "scripts/setup pulumi, in the folder of slipway",
			}
		}
	}
	version, err := versionOf(path, root)
	if err != nil {
		return nil, &fault.Error{
			Op: "asking " + path + " for its version", Code: fault.NotReady, Cause: err.Error(), Err: err,
			Next: "scripts/setup pulumi",
		}
	}
	found := &command{path: path, version: version, project: p}
	commands.Store(p.Root, found)
	return found, nil
}

// versionOf reads the version of a CLI that was built from a go.mod, as scripts/setup does it, from the file itself. Another
// one, in the folder bin of root or on PATH when that is empty, is asked.
func versionOf(path, root string) (semver.Version, error) {
	if info, err := buildinfo.ReadFile(path); err == nil {
		if version, ok := builtVersion(info); ok {
			return version, nil
		}
	}
	cli, err := auto.NewPulumiCommand(&auto.PulumiCommandOptions{Root: root})
	if err != nil {
		return semver.Version{}, err
	}
	return cli.Version(), nil
}

// cliModule is the module that the CLI is a command of.
const cliModule = "github.com/pulumi/pulumi/pkg/v3"

func builtVersion(info *debug.BuildInfo) (semver.Version, bool) {
	if info.Path != cliModule+"/cmd/pulumi" {
		return semver.Version{}, false
	}
	for _, module := range info.Deps {
		if module.Path == cliModule {
			version, err := semver.ParseTolerant(module.Version)
			return version, err == nil
		}
	}
	return semver.Version{}, false
}

// toolFolders are where scripts/setup builds pulumi, in a folder bin: below the project, and for a project that holds an app
// alone, below the one whose bin holds this program.
func toolFolders(p *project.Project) []string {
	folders := []string{p.Dir("tools")}
	if self, err := os.Executable(); err == nil {
		if beside := filepath.Join(filepath.Dir(filepath.Dir(self)), ".slipway", "tools"); beside != folders[0] {
			folders = append(folders, beside)
		}
	}
	return folders
}

// CLIPath is where the pulumi CLI is that operations in the project use; empty when there is none.
func CLIPath(p *project.Project) string {
	cli, err := findCommand(p)
	if err != nil {
		return ""
	}
	path, err := filepath.Abs(cli.path)
	if err != nil {
		return ""
	}
	return path
}

// CLIVersion is the version of the pulumi CLI that operations in the project use.
func CLIVersion(p *project.Project) (string, error) {
	cli, err := findCommand(p)
	if err != nil {
		return "", err
	}
	return "v" + cli.Version().String(), nil
}

// Run runs one CLI command in workdir and returns its output, talk and exit code.
func (c *command) Run(ctx context.Context, workdir string, stdin io.Reader, out, talk []io.Writer,
	env []string, args ...string,
) (string, string, int, error) {
	if answer, ok := spared(ctx, args); ok {
		return answer, "", 0, nil
	}
	backend, err := c.project.Backend()
	if err != nil {
		return "", "", -1, err
	}
	printed, err := newTranscript(workdir)
	if err != nil {
		return "", "", -1, err
	}
	defer printed.close()
	cmd := exec.Command(c.path, arguments(sealed(ctx, args))...)
	cmd.Dir, cmd.Stdin = workdir, stdin
	cmd.Stdout, cmd.Stderr = printed.out, printed.talk
	cmd.Env = append(environment(filepath.Dir(c.path), wholeFiles(backend), env), somebody(c.project)...)
	runErr := run(ctx, cmd)
	stdout, stderr, err := printed.read()
	if err != nil {
		return "", "", -1, err
	}
	for _, w := range out {
		_, _ = io.WriteString(w, stdout)
	}
	for _, w := range talk {
		_, _ = io.WriteString(w, stderr)
	}
	if cmd.ProcessState == nil {
		return stdout, stderr, -1, runErr
	}
	return stdout, stderr, cmd.ProcessState.ExitCode(), runErr
}

// run starts cmd and waits for it; when ctx ends, it interrupts it once, then again, then kills it.
func run(ctx context.Context, cmd *exec.Cmd) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	started := make(chan struct{})
	go supervise(cmd, started, ended)
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	select {
	case <-started:
	case err := <-ended:
		return err
	}
	for _, grace := range []time.Duration{graceToFinish, graceToStop} {
		_ = cmd.Process.Signal(os.Interrupt)
		timer := time.NewTimer(grace)
		select {
		case err := <-ended:
			timer.Stop()
			return err
		case <-timer.C:
		}
	}
	kill(cmd.Process.Pid)
	return errors.Join(<-ended, fmt.Errorf("pulumi did not end within %s and was killed", graceToFinish+graceToStop))
}

// arguments completes what the Automation API passes: no questions, and a message without Go's quotes around it.
func arguments(args []string) []string {
	all := []string{"--non-interactive"}
	for _, arg := range args {
		if quoted, ok := strings.CutPrefix(arg, "--message="); ok {
			if text, err := strconv.Unquote(quoted); err == nil {
				arg = "--message=" + text
			}
		}
		all = append(all, arg)
	}
	return all
}

// environment is ours, with what the CLI needs to run below us: the backend by name, for a relative folder would be one
// of the work folder that is deleted. The secrets of a stack whose file does not name their provider are those that
// its state names, instead of new ones that nothing else knows.
func environment(bin, backend string, extra []string) []string {
	env := make([]string, 0, len(os.Environ())+len(extra)+4)
	for _, variable := range os.Environ() {
		key, value, _ := strings.Cut(variable, "=")
		switch key {
		case "BUILD_ID", "HUDSON_COOKIE", "HUDSON_SERVER_COOKIE", "JENKINS_COOKIE", "JENKINS_NODE_COOKIE", "JENKINS_SERVER_COOKIE":
			// Jenkins signals every process that has one of them when it aborts a build (hudson.util.ProcessTree). Pulumi
			// takes a second signal for "at once": the one that it gets from here, to end in order, must stay the only one.
			continue
		case "PATH":
			value = bin + string(os.PathListSeparator) + value
		case "PULUMI_CONFIG_PASSPHRASE_FILE":
			value = absolute(value)
		}
		env = append(env, key+"="+value)
	}
	env = append(env, "PULUMI_SKIP_UPDATE_CHECK=true", "PULUMI_AUTOMATION_API=true",
		"PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER=true")
	if backend != "" {
		env = append(env, project.BackendVariable+"="+backend)
	}
	return append(env, extra...)
}

// wholeFiles makes a folder as backend do without the file of attributes that it keeps beside each file. A pulumi that
// is killed while it writes one leaves it empty, and then the state, which is whole, cannot be read any more
// ("failed to load checkpoint: EOF"; gocloud.dev/blob/fileblob v0.37, setAttrs).
func wholeFiles(backend string) string {
	folder, query, _ := strings.Cut(backend, "?")
	values, err := url.ParseQuery(query)
	if err != nil || !strings.HasPrefix(folder, "file://") || values.Has("metadata") {
		return backend
	}
	values.Set("metadata", "skip")
	return folder + "?" + values.Encode()
}

func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil && path != "" {
		return full
	}
	return path
}
