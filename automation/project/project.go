// Package project finds the Slipway project on disk and reads what belongs to it: stack files and commits.
package project

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Namespace stands before Slipway's own configuration keys, whatever the project is called.
const Namespace = "slipway"

// Variable names the environment variable that points at the project when --project is not given.
const Variable = "SLIPWAY_PROJECT"

// ErrNotFound says that no project stands in a folder or above it.
var ErrNotFound = errors.New("no Pulumi.yaml")

// Project is one checkout of a Slipway project.
type Project struct {
	Root string // absolute path of the folder that holds Pulumi.yaml
	Name string // as Pulumi.yaml has it: the second part of every stack's full name

	stacks string // stackConfigDir of Pulumi.yaml
}

// Find returns the project in dir, or in SLIPWAY_PROJECT when dir is empty, or else in the nearest folder
// upward from the working directory. A folder named by dir or the variable must be the project itself.
func Find(dir string) (*Project, error) {
	if dir == "" {
		dir = os.Getenv(Variable)
	}
	if dir != "" {
		return At(dir)
	}
	here, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("finding the project: %w", err)
	}
	for at := here; ; at = filepath.Dir(at) {
		if p, err := At(at); !errors.Is(err, ErrNotFound) {
			return p, err
		}
		if at == filepath.Dir(at) {
			return nil, fmt.Errorf("finding the project from %s upward: %w", here, ErrNotFound)
		}
	}
}

// At returns the project whose Pulumi.yaml stands in dir.
func At(dir string) (*Project, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("reading project folder %s: %w", dir, err)
	}
	p := &Project{Root: root}
	settings, err := p.Settings()
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("reading project folder %s: %w", root, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("reading project folder: %w", err)
	}
	p.Name, p.stacks = settings.Name.String(), settings.StackConfigDir
	return p, nil
}

// Dir is a path inside the project's own folder for things that are not source, .slipway.
func (p *Project) Dir(elements ...string) string {
	return filepath.Join(append([]string{p.Root, ".slipway"}, elements...)...)
}
