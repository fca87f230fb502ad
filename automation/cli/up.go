package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"slipway/automation/cost"
	"slipway/automation/engine"
	"slipway/automation/fault"
	"slipway/automation/ui"
)

// changed is the result of commands that change, or would change, a stack.
type changed struct {
	Stack   string         `json:"stack"`
	Applied bool           `json:"applied"`
	Changes engine.Changes `json:"changes"`
	Outputs map[string]any `json:"outputs,omitempty"`
	Cost    *cost.Estimate `json:"cost,omitempty"` // of a preview
}

// wait are the flags of commands that take a stack's lock.
type wait struct {
	yes     bool
	lock    time.Duration
	timeout time.Duration
	actions time.Duration
}

func (w *wait) flags(cmd *cobra.Command, timeout time.Duration) {
	cmd.Flags().BoolVarP(&w.yes, "yes", "y", false, "do not ask")
	cmd.Flags().DurationVar(&w.lock, "wait-lock", 15*time.Minute, "how long to wait while another update holds the stack; 0 does not wait")
	cmd.Flags().DurationVar(&w.timeout, "timeout", timeout, "how long it may take")
}

// actionFlag is of the commands that can end what the pipeline does.
func (w *wait) actionFlag(cmd *cobra.Command) {
	cmd.Flags().DurationVar(&w.actions, "wait-actions", 0, "how long to wait while an action of the pipeline runs that the change would end; 0 refuses at once")
}

func (w *wait) deployer(cmd *cobra.Command) (*Deployer, error) {
	if w.lock < 0 || w.actions < 0 || w.timeout <= 0 {
		return nil, &fault.Error{
			Op: "reading the flags", Cause: "--wait-lock and --wait-actions must not be negative and --timeout must be more than 0",
			Next: cmd.CommandPath() + " --help", Code: fault.BadInput,
		}
	}
	d, err := From(cmd).Deployer()
	if err != nil {
		return nil, err
	}
	d.WaitLock, d.Timeout = w.lock, w.timeout
	return d, nil
}

func upCommand() *cobra.Command {
	var w wait
	cmd := &cobra.Command{
		Use: "up STACK", Short: "Make or change what stands on AWS, as the stack's file says",
		Long:    "Shows what would change, asks, and changes it. An environment keeps the image that it runs.",
		Example: "  slipway up delivery\n  slipway up dev --yes",
		Args:    arguments(1, 1, "the name of one stack"), ValidArgsFunction: completeStacks,
		RunE: func(cmd *cobra.Command, args []string) error { return up(cmd, args[0], w) },
	}
	w.flags(cmd, engine.DefaultTimeout)
	w.actionFlag(cmd)
	return cmd
}

func up(cmd *cobra.Command, name string, w wait) error {
	session := From(cmd)
	if !w.yes && !session.interactive() {
		return noYes("changing stack " + name)
	}
	d, err := w.deployer(cmd)
	if err != nil {
		return err
	}
	u, err := d.upgrade(cmd.Context(), name, w.actions)
	if err != nil {
		return err
	}
	defer u.stack.Close()
	changes, err := u.agreed(cmd.Context(), session, !w.yes)
	if err != nil {
		return err
	}
	outputs, err := u.stack.Outputs(cmd.Context())
	if err != nil {
		return err
	}
	session.Answer("up", fault.OK, changed{Stack: name, Applied: true, Changes: changes, Outputs: outputs}, func(out io.Writer) {
		_, _ = fmt.Fprintf(session.Talk, "%s: %s\n", name, summary(changes))
		printOutputs(out, outputs)
	})
	return nil
}

// agreed shows what would change, asks, and changes exactly that. When the stack changed while the question waited, it
// shows and asks again.
func (u *upgrade) agreed(ctx context.Context, session *Session, asks bool) (engine.Changes, error) {
	name := u.stack.Name()
	for {
		if err := u.prepare(ctx, asks); err != nil {
			return nil, err
		}
		if asks {
			if ok, err := session.agree(u.plan, costOf(u.stack).String()+"\nChange stack "+name+"?"); err != nil {
				return nil, err
			} else if !ok {
				return nil, declined("changing stack " + name)
			}
		}
		changes, err := u.apply(ctx)
		var stale *engine.Stale
		if !asks || !errors.As(err, &stale) {
			return changes, err
		}
		u.Sink.Event(ui.Warning{Text: name + " changed after it was previewed: only what was shown was done. What is left:"})
		u.known = false
	}
}

// costOf estimates what the last preview of a stack declares.
func costOf(s *engine.Stack) cost.Estimate {
	var all []cost.Resource
	for _, r := range s.Wanted() {
		all = append(all, cost.Resource{Type: r.Type, Inputs: r.Inputs})
	}
	return cost.Of(all)
}

func previewCommand() *cobra.Command {
	var timeout time.Duration
	cmd := &cobra.Command{
		Use: "preview STACK", Short: "Show what up would change, and change nothing",
		Args: arguments(1, 1, "the name of one stack"), ValidArgsFunction: completeStacks,
		RunE: func(cmd *cobra.Command, args []string) error {
			w := wait{timeout: timeout}
			d, err := w.deployer(cmd)
			if err != nil {
				return err
			}
			u, err := d.upgrade(cmd.Context(), args[0], 0)
			if err != nil {
				return err
			}
			defer u.stack.Close()
			u.shows = true
			if err := u.look(cmd.Context()); err != nil {
				return err
			}
			if err := u.preview(cmd.Context()); err != nil {
				return err
			}
			changes, estimate := u.plan, costOf(u.stack)
			From(cmd).Answer("preview", fault.OK, changed{Stack: args[0], Changes: changes, Cost: &estimate}, func(out io.Writer) {
				printChanges(out, changes)
				_, _ = fmt.Fprintln(out, estimate)
			})
			return nil
		},
	}
	cmd.Flags().DurationVar(&timeout, "timeout", engine.DefaultTimeout, "how long it may take")
	return cmd
}
