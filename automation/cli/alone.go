package cli

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"slipway/automation/fault"
)

// alone takes a file's lock until release is called or the process ends. What is what may run only once at a time.
func alone(path, what string) (release func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = &fault.Error{Op: "starting " + what, Cause: "another one runs in this project", Next: "wait for it to end", Code: fault.Locked}
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}
