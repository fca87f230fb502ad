package project

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// A folder that cannot be written to, in whole or in part, stays as it was.
func TestCreateWritesAllOrNothing(t *testing.T) {
	locked, half := t.TempDir(), t.TempDir()
	if err := os.Chmod(locked, 0o555); err != nil {
		t.Fatal(err)
	}
	write(t, half, map[string]string{".gitignore/x": ""})
	for dir, want := range map[string]error{locked: fs.ErrPermission, half: syscall.EISDIR} {
		before, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		made, err := asNobody(t, func() ([]string, error) {
			return Create(dir, Fresh{Name: "shop", Port: 1, HealthPath: "/", Dockerfile: "Dockerfile"})
		}, dir == locked)
		if after, _ := os.ReadDir(dir); made != nil || !errors.Is(err, want) || len(after) != len(before) {
			t.Errorf("made %v, %v; the folder has %v", made, err, after)
		}
	}
}

// asNobody calls f without root's right to write everywhere, when that is wanted.
func asNobody(t *testing.T, f func() ([]string, error), wanted bool) ([]string, error) {
	t.Helper()
	if !wanted || os.Geteuid() != 0 {
		return f()
	}
	runtime.LockOSThread() // the user for files is the thread's (setfsuid(2))
	defer runtime.UnlockOSThread()
	if err := unix.Setfsuid(65534); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := unix.Setfsuid(0); err != nil {
			t.Error(err)
		}
	}()
	return f()
}
