// Package daemon runs a sandbox as a background process: it starts one, finds it again, and stops it.
//
// A sandbox lives in one folder. The process that serves it holds a lock on a file there, so whether one runs
// is asked of the kernel, not of a process id that may belong to somebody else by now.
package daemon

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"slipway/sandbox"
	"slipway/sandbox/naming"
)

// Record is what a serving process leaves in the folder for the commands that come later.
type Record struct {
	sandbox.Config
	PID     int       `json:"pid"`
	Started time.Time `json:"started"`
}

const (
	recordFile = "sandbox.json"
	lockFile   = "sandbox.lock"
	logFile    = "sandbox.log"
)

// Load reads the record of the sandbox in dir, and whether there is one.
func Load(dir string) (r Record, found bool, err error) {
	b, err := os.ReadFile(filepath.Join(dir, recordFile))
	if errors.Is(err, fs.ErrNotExist) {
		return r, false, nil
	}
	if err != nil {
		return r, false, err
	}
	if err := json.Unmarshal(b, &r); err != nil {
		return r, false, fmt.Errorf("reading %s: %w", filepath.Join(dir, recordFile), err)
	}
	r.Dir = dir // the folder may have been moved since
	r.Key, err = sandbox.ReadKey(dir)
	return r, true, err
}

// Check returns an error for a sandbox that an older program made: it kept Pulumi's state in files of the folder, or took
// any access key.
func (r Record) Check() error {
	if r.StateKey == "" {
		return fmt.Errorf("the sandbox in %s was made by an older slipway and keeps Pulumi's state in files", r.Dir)
	}
	if r.Key.AccessKeyID == "" {
		return fmt.Errorf("the sandbox in %s was made by an older slipway and has no access key", r.Dir)
	}
	return nil
}

func (r Record) save() error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(r.Dir, recordFile)
	if err := os.WriteFile(path+".new", b, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// Running tells whether a process serves the sandbox in dir.
func Running(dir string) bool {
	f, err := os.Open(filepath.Join(dir, lockFile))
	if err != nil {
		return false
	}
	defer f.Close()
	return errors.Is(lock(f), syscall.EWOULDBLOCK)
}

// LogPath returns the file that the serving process writes its log to.
func LogPath(dir string) string { return filepath.Join(dir, logFile) }

func lock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

// hold takes the lock of the sandbox in dir until the file is closed.
func hold(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lock(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("the sandbox in %s is served by another process already", dir)
	}
	return f, nil
}

// configure returns the configuration of the sandbox in dir: what was chosen when it was made, with the wishes
// of this start where it is new.
func configure(wish sandbox.Config) (sandbox.Config, error) {
	r, found, err := Load(wish.Dir)
	if err == nil && found {
		err = r.Check()
	}
	if err != nil || found {
		return r.Config, err
	}
	wish.ID = naming.Hex(8)
	return wish, nil
}
