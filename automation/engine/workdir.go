package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
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
	held    *os.File // locked as long as the folder is in use
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
	held, err := occupy(path)
	if err != nil {
		return nil, err
	}
	w := &workdir{project: p, stack: stack, path: path, held: held}
	if err := w.writeProject(); err != nil {
		w.remove()
		return nil, err
	}
	return w, nil
}

// sweep removes the work folders of processes that are gone: whoever uses one holds a lock of the kernel on it, which ends
// with the process, in whatever container that is.
func sweep(parent string) {
	entries, _ := os.ReadDir(parent)
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || time.Since(info.ModTime()) < graceToFinish { // its user may be about to take it
			continue
		}
		path := filepath.Join(parent, entry.Name())
		if folder, err := occupy(path); err == nil {
			_ = os.RemoveAll(path)
			_ = folder.Close()
		}
	}
}

// occupy takes the kernel's lock of a folder; it is an error when another process has it.
func occupy(path string) (*os.File, error) {
	folder, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(folder.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = folder.Close()
		return nil, fmt.Errorf("taking the work folder %s: %w", path, err)
	}
	return folder, nil
}

func (w *workdir) remove() {
	_ = os.RemoveAll(w.path)
	_ = w.held.Close()
}

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
