package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

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

// writeProject copies Pulumi.yaml; a backend that it gives relative to the project stays where it is.
func (w *workdir) writeProject() error {
	document, err := readYAML(filepath.Join(w.project.Root, "Pulumi.yaml"))
	if err != nil {
		return err
	}
	if backend := child(document, "backend", false); backend != nil {
		if url := child(backend, "url", false); url != nil {
			url.Value = absoluteURL(url.Value, w.project.Root)
		}
	}
	return writeYAML(filepath.Join(w.path, "Pulumi.yaml"), document)
}

// configure writes the stack's file: the project's own, with values replaced. An empty value removes a key.
func (w *workdir) configure(values map[string]string) error {
	document, err := readYAML(w.project.StackFile(w.stack))
	if os.IsNotExist(err) {
		document, err = &yaml.Node{Kind: yaml.MappingNode}, nil
	}
	if err != nil {
		return err
	}
	config := child(document, "config", true)
	for key, value := range values {
		if !strings.Contains(key, ":") {
			key = project.Name + ":" + key
		}
		if value == "" {
			removeChild(config, key)
			continue
		}
		set(config, key, value)
	}
	w.secrets.complete(document)
	return writeYAML(filepath.Join(w.path, "Pulumi."+w.stack+".yaml"), document)
}

// readYAML returns the mapping that a file holds, an empty one for an empty file.
func readYAML(file string) (*yaml.Node, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	if len(document.Content) == 0 || document.Content[0].Tag == "!!null" {
		return &yaml.Node{Kind: yaml.MappingNode}, nil
	}
	if document.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("reading %s: it holds no keys", file)
	}
	return document.Content[0], nil
}

func writeYAML(file string, document *yaml.Node) error {
	text, err := yaml.Marshal(document)
	if err != nil {
		return fmt.Errorf("writing %s: %w", file, err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return fmt.Errorf("writing configuration: %w", err)
	}
	return nil
}

// child returns the value of a key in a mapping; when it is missing, nil or, if asked for, a new mapping.
func child(mapping *yaml.Node, key string, create bool) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			if value := mapping.Content[i+1]; !create || value.Tag != "!!null" {
				return value
			}
			mapping.Content[i+1] = &yaml.Node{Kind: yaml.MappingNode}
			return mapping.Content[i+1]
		}
	}
	if !create {
		return nil
	}
	value := &yaml.Node{Kind: yaml.MappingNode}
	mapping.Content = append(mapping.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, value)
	return value
}

func removeChild(mapping *yaml.Node, key string) {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			mapping.Content = append(mapping.Content[:i], mapping.Content[i+2:]...)
			return
		}
	}
}
