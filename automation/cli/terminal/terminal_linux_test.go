package terminal_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"

	_ "github.com/pulumi/pulumi/sdk/v3/go/auto" // links what asks

	"slipway/automation/cli/terminal"
)

const reports = "TERMINAL_TEST_REPORTS"

func TestMain(m *testing.M) {
	if os.Getenv(reports) != "" {
		terminal.Restore()
		fmt.Println("TERM is " + os.Getenv("TERM"))
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// A program that starts on a terminal writes nothing to it by itself, and has TERM as it was given.
func TestNothingIsAskedOfATerminal(t *testing.T) {
	master, slave := pseudoTerminal(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), reports+"=yes", "TERM=xterm-256color", "CI=")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	printed := make([]byte, 4096)
	n, err := master.Read(printed)
	if err != nil || !bytes.Equal(printed[:n], []byte("TERM is xterm-256color\r\n")) {
		t.Errorf("the terminal got %q, %v", printed[:n], err)
	}
}

// pseudoTerminal returns both ends of a new one, as pts(4) describes.
func pseudoTerminal(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = slave.Close(); _ = master.Close() })
	return master, slave
}
