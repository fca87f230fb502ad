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
	"slipway/automation/cli/terminal/terminaltest"
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
	master, slave := terminaltest.Pair(t)
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
