package cloudinit

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
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
	Umask            fs.FileMode // of what the service creates
	Strict           bool        // the file system is read-only for the service, but for Folders and Writable
	Writable         []string    // what it may write to besides
}

// usualUmask is what a service has whose unit says nothing (systemd.exec, UMask=).
const usualUmask = 0o022

// folders are where systemd makes a service's own directories.
var folders = map[string]string{
	"RuntimeDirectory": "/run", "StateDirectory": "/var/lib", "CacheDirectory": "/var/cache", "LogsDirectory": "/var/log",
}

// ParseUnit reads unit files, the later ones being drop-ins of the first. Of the directives that only restrict the
// service, those of files are read.
func ParseUnit(files ...[]byte) (Unit, error) {
	u := Unit{Environment: map[string]string{}, Umask: usualUmask}
	for _, content := range files {
		options, err := unit.DeserializeOptions(bytes.NewReader(content))
		if err != nil {
			return u, fmt.Errorf("reading a systemd unit: %w", err)
		}
		for _, o := range options {
			if o.Section != "Service" {
				continue
			}
			if err := u.set(o.Name, o.Value); err != nil {
				return u, err
			}
		}
	}
	return u, nil
}

func (u *Unit) set(name, value string) error {
	switch name {
	case "UMask":
		umask, err := strconv.ParseUint(value, 8, 12)
		if err != nil {
			return fmt.Errorf("UMask=%s is not octal", value)
		}
		u.Umask = fs.FileMode(umask)
	case "ProtectSystem":
		u.Strict = value == "strict"
	case "ReadWritePaths":
		for _, word := range words(value) {
			u.Writable = append(u.Writable, strings.TrimLeft(word, "-+"))
		}
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
	return nil
}

// MayWrite tells whether the service may write below a folder of the host.
func (u Unit) MayWrite(folder string) bool {
	if !u.Strict {
		return true
	}
	return slices.ContainsFunc(slices.Concat(u.Folders, u.Writable), func(root string) bool {
		return folder == root || strings.HasPrefix(folder, strings.TrimSuffix(root, "/")+"/")
	})
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
