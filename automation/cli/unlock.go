package cli

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"slipway/automation/engine"
	"slipway/automation/fault"
	"slipway/automation/release/ledger"
	"slipway/infra/config"
)

// unlocked is the result of unlock.
type unlocked struct {
	Stack   string                    `json:"stack"`
	Holders []engine.Holder           `json:"holders"`
	Removed bool                      `json:"removed"`
	Pending []engine.PendingOperation `json:"pending"` // what the next update settles
}

func unlockCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "unlock STACK", Short: "Show who holds the lock of a stack, and remove it",
		Long: `Shows who holds the lock of a stack since when, and what the ledger says is being released there, asks, and removes the
lock, as pulumi cancel does. A lock is for one update at a time: make sure that its holder has ended. One whose holder is
seen to run on this machine is not removed. What the update left open is listed, and the next one settles it.`,
		Example: "  slipway unlock dev",
		Args:    arguments(1, 1, "the name of one stack"), ValidArgsFunction: completeStacks,
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := From(cmd).Deployer()
			if err != nil {
				return err
			}
			return d.unlock(cmd.Context(), From(cmd), args[0], yes)
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return cmd
}

func (d *Deployer) unlock(ctx context.Context, session *Session, name string, yes bool) error {
	if _, err := d.own(name); err != nil {
		return err
	}
	s, err := engine.Open(ctx, engine.Options{Project: d.Project, Name: name, Sink: d.Sink, Timeout: 5 * time.Minute, Existing: true, Hide: d.Hide})
	if err != nil {
		return err
	}
	defer s.Close()
	locked, err := s.Lock(ctx)
	if err != nil {
		return err
	}
	done := unlocked{Stack: name, Holders: []engine.Holder{}}
	if locked != nil {
		done.Holders, done.Removed = locked.Holders, true
		if err := d.release(ctx, session, s, locked, yes); err != nil {
			return err
		}
	}
	if done.Pending, err = s.Pending(ctx); err != nil {
		return err
	}
	session.Answer("unlock", fault.OK, done, func(out io.Writer) { printUnlocked(out, done) })
	return nil
}

// release removes the lock of a stack when somebody agrees.
func (d *Deployer) release(ctx context.Context, session *Session, s *engine.Stack, locked *engine.Locked, yes bool) error {
	op := "removing the lock of stack " + s.Name()
	for _, h := range locked.Holders {
		if h.Runs() {
			return &fault.Error{
				Op: op, Cause: fmt.Sprintf("its holder runs on this machine: %s", h), Code: fault.Locked,
				Next: fmt.Sprintf("wait for it, or stop it: kill %d", h.PID),
			}
		}
	}
	if !yes && !session.interactive() {
		return noYes(op)
	}
	if !yes {
		session.quiet()
		printHolders(session.Talk, locked, d.underWay(ctx, s.Name()), time.Now())
		answer, err := session.ask("Has its holder ended, and is the lock of stack " + s.Name() + " to be removed? [y/N] ")
		if err != nil {
			return err
		}
		if !agreed(answer) {
			return declined(op)
		}
	}
	return s.Unlock(ctx)
}

// underWay is the newest release of an environment while the ledger has it as in progress, nil otherwise. It is a help for
// whoever decides: a ledger that cannot be read takes nothing away from that.
func (d *Deployer) underWay(ctx context.Context, environment string) *ledger.Entry {
	if own, err := d.own(environment); err != nil || own["kind"] != config.KindEnvironment {
		return nil
	}
	book, err := d.ledger(ctx, environment)
	if err != nil {
		return nil
	}
	newest, err := book.List(ctx, 1)
	if err != nil || len(newest) == 0 || newest[0].Outcome != ledger.InProgress {
		return nil
	}
	return &newest[0]
}

func printHolders(out io.Writer, locked *engine.Locked, release *ledger.Entry, now time.Time) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	defer func() { _ = table.Flush() }()
	if len(locked.Holders) == 0 {
		_, _ = fmt.Fprintf(table, "stack %s is locked; its backend does not say by whom\n", locked.Stack)
	}
	for _, h := range locked.Holders {
		_, _ = fmt.Fprintf(table, "locked by\t%s@%s, process %d\n", h.User, h.Host, h.PID)
		_, _ = fmt.Fprintf(table, "since\t%s, for %s\n", h.Since.Local().Format(time.DateTime), now.Sub(h.Since).Round(time.Second))
	}
	if release != nil {
		_, _ = fmt.Fprintf(table, "release\t%d, %s, by %s %s: %s %s\n",
			release.Number, kind(*release), release.By, onHost(release.Host), short(release.Commit), release.Subject)
	}
}

func printUnlocked(out io.Writer, done unlocked) {
	text := "nobody holds the lock of stack " + done.Stack
	if done.Removed {
		text = "the lock of stack " + done.Stack + " is removed"
	}
	_, _ = fmt.Fprintln(out, text)
	for _, p := range done.Pending {
		_, _ = fmt.Fprintf(out, "left open: %s %s\n", p.Operation, p.Resource)
	}
	if len(done.Pending) > 0 {
		_, _ = fmt.Fprintf(out, "settle it: slipway up %s\n", done.Stack)
	}
}
