package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"

	"github.com/spf13/cobra"

	"slipway/automation/ui"
)

// A killed process cannot stop its task. So `slipway run` leaves somebody behind who can: a process of its own session
// that reads a pipe, and stops the task when the pipe ends before it was told that all is well.

const guardName = "stop-task"

// relieved is what a run says to its guard at its end.
var relieved = []byte("well")

func guardCommand() *cobra.Command {
	return &cobra.Command{
		Use: guardName + " ENVIRONMENT CLUSTER TASK", Hidden: true, Args: arguments(3, 3, "an environment, its cluster and a task's ARN"),
		Short: "Stop a task when standard input ends without the word that all is well; slipway run starts it",
		RunE: func(cmd *cobra.Command, args []string) error {
			session := From(cmd)
			if said, err := io.ReadAll(session.In); err == nil && bytes.Equal(said, relieved) {
				return nil
			}
			d, err := session.Deployer()
			if err != nil {
				return err
			}
			at, err := d.cloud(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return at.StopTask(cmd.Context(), args[1], args[2], "slipway run: it was killed")
		},
	}
}

// guarded starts the guard of a task. The function that it answers relieves it.
func (e *existing) guarded(cluster, task string) (relieve func()) {
	relieve, err := e.startGuard(cluster, task)
	if err != nil {
		e.Sink.Event(ui.Warning{Text: fmt.Sprintf("the task goes on if this process is killed: %v", err)})
		return func() {}
	}
	return relieve
}

func (e *existing) startGuard(cluster, task string) (relieve func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, "--project", e.Project.Root, guardName, e.name, cluster, task)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // Ctrl-C and a terminal that goes are not for it
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return func() {
		_, _ = pipe.Write(relieved)
		_ = pipe.Close()
		_ = cmd.Wait() // it read all it needs
	}, nil
}
