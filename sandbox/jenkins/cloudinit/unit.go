package cloudinit

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"strings"

	"github.com/coreos/go-systemd/v22/unit"
)

// Unit is the [Service] section of a systemd unit, drop-ins included.
type Unit struct {
	Environment      map[string]string
	EnvironmentFiles []string // paths; a leading dash says that a missing one is no error
	ExecStart        []string // the command in words
	Folders          []string // what systemd makes for the service: below /run, /var/lib, /var/cache and /var/log
	WorkingDirectory string
}

// folders are where systemd makes a service's own directories.
var folders = map[string]string{
	"RuntimeDirectory": "/run", "StateDirectory": "/var/lib", "CacheDirectory": "/var/cache", "LogsDirectory": "/var/log",
}

// ParseUnit reads unit files, the later ones being drop-ins of the first. Directives that only restrict the
// service are left out.
func ParseUnit(files ...[]byte) (Unit, error) {
	u := Unit{Environment: map[string]string{}}
	for _, content := range files {
		options, err := unit.DeserializeOptions(bytes.NewReader(content))
		if err != nil {
			return u, fmt.Errorf("reading a systemd unit: %w", err)
		}
		for _, o := range options {
			if o.Section == "Service" {
				u.set(o.Name, o.Value)
			}
		}
	}
	return u, nil
}

func (u *Unit) set(name, value string) {
	switch name {
	case "Environment":
		for _, word := range words(value) {
			if key, value, ok := strings.Cut(word, "="); ok {
				u.Environment[key] = value
			}
		}
		if value == "" {
			u.Environment = map[string]string{}
		}
	case "EnvironmentFile":
		u.EnvironmentFiles = append(u.EnvironmentFiles, value)
		if value == "" {
			u.EnvironmentFiles = nil
		}
	case "ExecStart":
		u.ExecStart = words(value)
	case "WorkingDirectory":
		u.WorkingDirectory = value
	default:
		if below, ok := folders[name]; ok {
			for _, word := range words(value) {
				u.Folders = append(u.Folders, path.Join(below, word))
			}
		}
	}
}

// Variables returns the unit's environment: its files, read by read, win over its own variables.
func (u Unit) Variables(read func(path string) ([]byte, error)) (map[string]string, error) {
	all := maps.Clone(u.Environment)
	for _, name := range u.EnvironmentFiles {
		name, optional := strings.CutPrefix(name, "-")
		content, err := read(name)
		if err != nil && optional {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading the unit's environment file %s: %w", name, err)
		}
		variables, err := ParseEnvironment(content)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		maps.Copy(all, variables)
	}
	return all, nil
}
