package project

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// StackFile is the path of the file with a stack's configuration. It may not exist.
func (p *Project) StackFile(stack string) string {
	return filepath.Join(p.stackDir(), "Pulumi."+stack+".yaml")
}

// Stacks lists the stacks that have a file in the project, in alphabetical order.
func (p *Project) Stacks() ([]string, error) {
	entries, err := os.ReadDir(p.stackDir())
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

// HasStackFile says whether the project holds a file for the stack.
func (p *Project) HasStackFile(stack string) bool {
	_, err := os.Stat(p.StackFile(stack))
	return err == nil
}

// stackDir is the folder of the stack files, which stackConfigDir of Pulumi.yaml may move.
func (p *Project) stackDir() string {
	return filepath.Join(p.Root, p.stacks)
}
