package project

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Fresh is a project that is to be made.
type Fresh struct {
	Name       string // of the project, and slipway:appName
	Port       int    // where the app listens
	HealthPath string // where it says that it is well
	Dockerfile string // relative to the folder
	Below      string // the folder in its repository, with slashes; empty for the repository itself
}

// OwnFolder is what .gitignore names: what the deployer and the sandbox keep in a project.
const OwnFolder = "/.slipway/"

// AlreadyThere is the error for files that a new project would write and that exist.
type AlreadyThere struct {
	Folder string
	Files  []string
}

func (e *AlreadyThere) Error() string {
	return fmt.Sprintf("%s has %s, and nothing is overwritten", e.Folder, strings.Join(e.Files, ", "))
}

// Create writes the files of a project into a folder and answers their names, with .gitignore where that lacked the
// deployer's own folder. Either all are written or none: when one of them is there already, the error is an *AlreadyThere.
func Create(folder string, f Fresh) ([]string, error) {
	there := &AlreadyThere{Folder: folder}
	for _, file := range f.files() {
		if _, err := os.Lstat(filepath.Join(folder, file.name)); err == nil {
			there.Files = append(there.Files, file.name)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	if len(there.Files) > 0 {
		return nil, there
	}
	written, err := f.write(folder)
	if err != nil {
		for _, name := range written {
			err = errors.Join(err, os.Remove(filepath.Join(folder, name)))
		}
		return nil, err
	}
	return written, nil
}

// write answers what it made, also with an error. The line of .gitignore comes last: that file may be somebody's own.
func (f Fresh) write(folder string) (made []string, err error) {
	for _, file := range f.files() {
		if err := writeNew(filepath.Join(folder, file.name), file.text); err != nil {
			return made, err
		}
		made = append(made, file.name)
	}
	ignored, err := ignore(filepath.Join(folder, ".gitignore"), OwnFolder)
	if ignored {
		made = append(made, ".gitignore")
	}
	return made, err
}

// writeNew writes a file that must not exist, all of it or nothing.
func writeNew(path, text string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Close()); err != nil {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

// ignore adds a line to a .gitignore that has none like it, and answers whether it did.
func ignore(path, line string) (bool, error) {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	alike := func(have string) bool { return strings.Trim(strings.TrimSpace(have), "/") == strings.Trim(line, "/") }
	if slices.ContainsFunc(strings.Split(string(text), "\n"), alike) {
		return false, nil
	}
	if len(text) > 0 && text[len(text)-1] != '\n' {
		line = "\n" + line
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return false, err
	}
	_, err = file.WriteString(line + "\n")
	return err == nil, errors.Join(err, file.Close())
}

type freshFile struct{ name, text string }

func (f Fresh) files() []freshFile {
	dockerfile := ""
	if f.Dockerfile != "Dockerfile" {
		dockerfile = "\n      dockerfile: " + quoted(f.Dockerfile)
	}
	below := ""
	if f.Below != "" {
		below = "  # Where the pipeline finds this project in the repository.\n  slipway:projectFolder: " + quoted(f.Below) + "\n"
	}
	return []freshFile{
		{"Pulumi.yaml", fmt.Sprintf(freshProject, f.Name, dockerfile, f.Port, quoted(f.HealthPath))},
		{"Pulumi.delivery.yaml", freshDelivery + below},
		{"Pulumi.dev.yaml", freshDev},
		{"Pulumi.staging.yaml", freshStaging},
		{"Pulumi.prod.yaml", freshProd},
	}
}

// quoted is a YAML string in single quotes.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// What a new project says. Everything else has a default.
const (
	freshProject = `name: %s
description: From a git push to a running, verified container on ECS.
runtime:
  name: go
  options:
    binary: slipway # the installed program is what pulumi up runs: the repository holds the app alone
config:
  # For every environment; the file of a stack replaces a value.
  slipway:build:
    value:
      context: .%s
  slipway:containerPort: %d
  slipway:healthPath: %s
`
	freshDelivery = `# The one stack that serves every environment: run ` + "`slipway up delivery`" + ` before the first environment.
config:
  slipway:kind: delivery
  # Who may open Jenkins in a browser: write the address of your office or home here, such as 203.0.113.7/32.
  # As it stands only the host itself may, which is the way through Session Manager.
  slipway:allowedCidr: 127.0.0.1/32
`
	freshDev = `config:
  slipway:kind: environment
`
	freshStaging = `# Built like prod, at half the size and without NAT.
config:
  slipway:kind: environment
  slipway:minInstances: "2"
  slipway:maxInstances: "4"
  slipway:logRetentionDays: "90"
`
	freshProd = `# Three zones with hosts in private subnets; a NAT gateway in each zone is the largest part of the bill.
config:
  slipway:kind: environment
  slipway:zones: "3"
  slipway:nat: perZone
  slipway:minInstances: "3"
  slipway:maxInstances: "9"
  slipway:desiredCount: "3"
  slipway:maxCount: "12"
  slipway:logRetentionDays: "365"
`
)
