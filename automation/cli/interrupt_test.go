package cli

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// waiter makes the test's binary a command line with one command, which waits to be stopped. With the value
// "stubborn" it does not stop.
const waiter = "COMMAND_TEST_WAITER"

func TestMain(m *testing.M) {
	if kind := os.Getenv(waiter); kind != "" {
		wait := &cobra.Command{Use: "wait", RunE: func(cmd *cobra.Command, _ []string) error {
			fmt.Println("waiting")
			<-cmd.Context().Done()
			if kind == "stubborn" {
				select {}
			}
			return cmd.Context().Err()
		}}
		os.Exit(Run(with(wait), []string{"wait"}))
	}
	os.Exit(m.Run())
}

func TestInterrupts(t *testing.T) {
	tests := []struct {
		kind string
		says []string // after each interrupt
	}{
		{"obedient", []string{"once more leaves at once"}},
		{"stubborn", []string{"once more leaves at once", "run the same command again"}},
	}
	for _, test := range tests {
		t.Run(test.kind, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = append(os.Environ(), waiter+"="+test.kind)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			talk, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if line, _ := bufio.NewReader(out).ReadString('\n'); line != "waiting\n" {
				t.Fatalf("began with %q", line)
			}
			said := bufio.NewScanner(talk)
			for _, want := range test.says {
				if err := cmd.Process.Signal(os.Interrupt); err != nil {
					t.Fatal(err)
				}
				if !said.Scan() || !strings.Contains(said.Text(), want) {
					t.Errorf("said %q, not %q", said.Text(), want)
				}
			}
			for said.Scan() {
				continue
			}
			_ = cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != 130 {
				t.Errorf("exit code %d", code)
			}
		})
	}
}
