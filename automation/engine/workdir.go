package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"

	"slipway/automation/project"
)

// workdir is a private copy of the files that pulumi reads and writes, so that the project's own files never
// change and two deployers at once never share configuration. It lives at .slipway/work/<stack>/<pid>-<random>.
type workdir struct {
	project *project.Project
	stack   string
	path    string
	secrets provider // from the state, for a stack file that names none
}

func newWorkdir(p *project.Project, stack string) (*workdir, error) {
	parent := p.Dir("work", stack)
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return nil, fmt.Errorf("making a work folder: %w", err)
	}
	sweep(parent)
	path, err := os.MkdirTemp(parent, fmt.Sprintf("%d-", os.Getpid()))
	if err != nil {
		return nil, fmt.Errorf("making a work folder: %w", err)
	}
	w := &workdir{project: p, stack: stack, path: path}
	if err := w.writeProject(); err != nil {
		w.remove()
		return nil, err
	}
	return w, nil
}

// sweep removes the work folders of processes that are gone.
func sweep(parent string) {
	entries, _ := os.ReadDir(parent)
	for _, entry := range entries {
		number, _, _ := strings.Cut(entry.Name(), "-")
		pid, err := strconv.Atoi(number)
		info, infoErr := entry.Info()
		if err == nil && infoErr == nil && !aliveSince(pid, info.ModTime()) && time.Since(info.ModTime()) > graceToFinish {
			_ = os.RemoveAll(filepath.Join(parent, entry.Name()))
		}
	}
}

func (w *workdir) remove() { _ = os.RemoveAll(w.path) }

// writeProject copies Pulumi.yaml; the stack's file is beside it.
func (w *workdir) writeProject() error {
	settings, err := w.project.Settings()
	if err != nil {
		return err
	}
	settings.StackConfigDir = ""
	return settings.Save(filepath.Join(w.path, "Pulumi.yaml"))
}

// configure writes the stack's file: the project's own, with values replaced. An empty value removes a key.
func (w *workdir) configure(values map[string]string) error {
	own, err := w.project.StackSettings(w.stack)
	if err != nil {
		return err
	}
	file := &workspace.ProjectStack{ // without the text that it was read from, which Save would edit
		SecretsProvider: own.SecretsProvider, EncryptedKey: own.EncryptedKey, EncryptionSalt: own.EncryptionSalt,
		Config: own.Config, Environment: own.Environment,
	}
	for name, value := range values {
		key, err := config.ParseKey(project.Key(name))
		if err != nil {
			return err
		}
		if value == "" {
			delete(file.Config, key)
			continue
		}
		file.Config[key] = config.NewValue(value)
	}
	w.secrets.complete(file)
	if err := file.Save(filepath.Join(w.path, "Pulumi."+w.stack+".yaml")); err != nil {
		return fmt.Errorf("writing configuration: %w", err)
	}
	return nil
}
