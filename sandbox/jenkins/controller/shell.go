package controller

import (
	"context"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"slipway/sandbox/jenkins/process"
)

// step runs a shell step and says in the log why it failed.
func (c *Controller) step(ctx context.Context, r *run, s Shell, log *buildLog) Result {
	err := c.shell(ctx, r, s, log)
	var exit *exec.ExitError
	var by stopped
	switch {
	case err == nil:
		return Success
	case errors.As(err, &by), errors.Is(err, errShutdown), errors.Is(err, errTimeout):
		log.printf("Build was aborted\n%v", err)
		return Aborted
	case errors.As(err, &exit) && s.Unstable != 0 && exit.ExitCode() == s.Unstable:
		log.printf("Build step 'Execute shell' changed build result to UNSTABLE")
		return Unstable
	case !errors.As(err, &exit):
		log.printf("FATAL: command execution failed: %v", err)
	}
	log.printf("Build step 'Execute shell' marked build as failure")
	return Failure
}

func (c *Controller) shell(ctx context.Context, r *run, s Shell, log *buildLog) error {
	script, err := writeScript(s.Command)
	if err != nil {
		return err
	}
	defer os.Remove(script)
	line := commandLine(s.Command, script)
	masked := process.Masked(c.config.Umask, line)
	cmd := exec.Command(masked[0], masked[1:]...)
	cmd.Dir, cmd.Env = r.build.Workspace, c.environment(r)
	cmd.Stdout, cmd.Stderr = log.File, log.File
	log.printf("[%s] $ %s", filepath.Base(r.build.Workspace), strings.Join(line, " "))
	group, err := process.Start(cmd, r.build.Cookie, c.config.Clock)
	if err != nil {
		return err
	}
	r.group.Store(group)
	defer r.group.Store(nil)
	return c.wait(ctx, r, group)
}

// wait waits for a step. One that is stopped gets the grace to end.
func (c *Controller) wait(ctx context.Context, r *run, group *process.Group) error {
	deadline := c.config.Clock.NewTimer(c.config.MaxBuild - c.config.Clock.Since(r.build.Started))
	defer deadline.Stop()
	grace, cause := c.config.StopGrace, error(nil)
	select {
	case <-group.Ended():
		return group.Finish()
	case cause = <-r.stop:
		r.stop <- cause // stays: the next stop finds the place taken, and kills
	case <-deadline.Chan():
		cause = errTimeout
	case <-ctx.Done():
		grace, cause = min(grace, shutdownGrace), errShutdown
	}
	_ = group.Stop(ctx, grace, shutdownGrace)
	return cause
}

// writeScript puts a command in a file, as Jenkins does: not in the workspace.
func writeScript(command string) (string, error) {
	f, err := os.CreateTemp("", "jenkins*.sh")
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(strings.ReplaceAll(command, "\r\n", "\n"))
	return f.Name(), errors.Join(err, f.Close())
}

// commandLine runs a script by the interpreter in its first line, or else by a shell that ends at the first
// error and prints what it runs.
func commandLine(command, script string) []string {
	if rest, ok := strings.CutPrefix(command, "#!"); ok {
		first, _, _ := strings.Cut(rest, "\n")
		if line := strings.Fields(first); len(line) > 0 {
			return append(line, script)
		}
	}
	return []string{"/bin/sh", "-xe", script}
}

// environment is what a build's steps get. Later ones win.
func (c *Controller) environment(r *run) []string {
	b, home, root := r.build, c.config.Home, c.config.Settings.URL
	number := strconv.Itoa(b.Number)
	all := map[string]string{"HOME": home, "USER": "jenkins", "LOGNAME": "jenkins", "LANG": "C.UTF-8"}
	maps.Copy(all, c.config.Variables)
	maps.Copy(all, map[string]string{
		"BUILD_DISPLAY_NAME": "#" + number, "BUILD_ID": number, "BUILD_NUMBER": number, "BUILD_TAG": "jenkins-" + b.Job + "-" + number,
		"CI": "true", "EXECUTOR_NUMBER": strconv.Itoa(b.Executor), "HUDSON_HOME": home, "JENKINS_HOME": home,
		"JOB_BASE_NAME": b.Job, "JOB_NAME": b.Job, "NODE_LABELS": "built-in", "NODE_NAME": "built-in", "WORKSPACE": b.Workspace,
	})
	if root != "" {
		maps.Copy(all, map[string]string{
			"BUILD_URL": buildURL(root, b), "HUDSON_URL": root, "JENKINS_URL": root, "JOB_URL": jobURL(root, b.Job),
		})
	}
	for _, v := range b.Parameters {
		all[v.Name] = v.Value
	}
	for _, variable := range c.config.Env {
		name, value, _ := strings.Cut(variable, "=")
		all[name] = value
	}
	all["PATH"] = c.config.Path
	var list []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		list = append(list, name+"="+all[name])
	}
	return list
}
