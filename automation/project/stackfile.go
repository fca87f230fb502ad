package project

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"
)

// StackFile is the path of the file with a stack's configuration. It may not exist.
func (p *Project) StackFile(stack string) string {
	return filepath.Join(p.Root, "Pulumi."+stack+".yaml")
}

// Stacks lists the stacks that have a file in the project, in alphabetical order.
func (p *Project) Stacks() ([]string, error) {
	entries, err := os.ReadDir(p.Root)
	if err != nil {
		return nil, fmt.Errorf("listing stack files: %w", err)
	}
	var stacks []string
	for _, entry := range entries {
		name, isFile := strings.CutPrefix(entry.Name(), "Pulumi.")
		name, isYAML := strings.CutSuffix(name, ".yaml")
		if isFile && isYAML && CheckStackName(name) == nil {
			stacks = append(stacks, name)
		}
	}
	sort.Strings(stacks)
	return stacks, nil
}

// StackConfig reads the plain values of a stack's file, keyed as there ("slipway:kind"). Values that are
// not scalars, among them encrypted ones, are left out. A stack without a file has no values.
func (p *Project) StackConfig(stack string) (map[string]string, error) {
	if err := CheckStackName(stack); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(p.StackFile(stack))
	if errors.Is(err, os.ErrNotExist) {
		return map[string]string{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the configuration of stack %s: %w", stack, err)
	}
	var file struct {
		Config map[string]yaml.Node `yaml:"config"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("reading %s: %w", p.StackFile(stack), err)
	}
	values := make(map[string]string, len(file.Config))
	for key, node := range file.Config {
		if node.Kind == yaml.ScalarNode {
			values[key] = node.Value
		}
	}
	return values, nil
}

// StackObject decodes one key of a stack's file into a value: a mapping, or JSON text, which is how Pulumi's CLI takes
// an object. A key that is not there leaves the value as it is.
func (p *Project) StackObject(stack, key string, into any) error {
	text, err := os.ReadFile(p.StackFile(stack))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the configuration of stack %s: %w", stack, err)
	}
	var file struct {
		Config map[string]yaml.Node `yaml:"config"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return fmt.Errorf("reading %s: %w", p.StackFile(stack), err)
	}
	node, there := file.Config[key]
	switch {
	case !there:
		return nil
	case node.Kind == yaml.ScalarNode:
		return yaml.Unmarshal([]byte(node.Value), into) // JSON is YAML
	}
	return node.Decode(into)
}

// HasStackFile says whether the project holds a file for the stack.
func (p *Project) HasStackFile(stack string) bool {
	_, err := os.Stat(p.StackFile(stack))
	return err == nil
}
