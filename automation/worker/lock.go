package worker

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"slipway/automation/fault"
)

// lock takes the folder for this process; the kernel gives it back when the process ends, however it does.
func lock(path string) (func(), error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("taking the worker's folder: %w", err)
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = file.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, &fault.Error{
				Op: "taking the worker's folder", Cause: "another worker uses " + path, Code: fault.NotReady, Err: err,
				Next: "stop it, or set another SLIPWAY_WORKER_DIR",
			}
		}
		return nil, fmt.Errorf("taking the worker's folder: %w", err)
	}
	return func() { _ = file.Close() }, nil
}
