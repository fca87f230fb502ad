package cli

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"slipway/automation/fault"
	"slipway/automation/release/ledger"
)

func showCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show ENVIRONMENT [NUMBER]", Short: "Show one release: its steps, its proof, and why it did not work",
		Long:    "Shows one release of an environment from the ledger, the newest one without a number.",
		Example: "  slipway show dev\n  slipway show prod 41 --json",
		Args:    arguments(1, 2, "the name of one environment and, if you like, the number of a release"), ValidArgsFunction: completeStacks,
		RunE: func(cmd *cobra.Command, args []string) error {
			session := From(cmd)
			d, book, number, err := session.releaseOf(cmd.Context(), args)
			if err != nil {
				return err
			}
			entry, err := find(cmd, d, book, number)
			if err != nil {
				return err
			}
			session.Answer("show", fault.OK, entry, func(out io.Writer) { printEntry(out, entry) })
			return nil
		},
	}
}

// releaseOf is the ledger of the environment that the arguments name, and the number of a release in it, 0 when none is named.
func (s *Session) releaseOf(ctx context.Context, args []string) (*Deployer, ledger.Ledger, int, error) {
	d, err := s.Deployer()
	if err != nil {
		return nil, ledger.Ledger{}, 0, err
	}
	number, err := releaseNumber(args)
	if err != nil {
		return nil, ledger.Ledger{}, 0, err
	}
	book, err := d.ledger(ctx, args[0])
	return d, book, number, err
}

// releaseNumber reads the number among the arguments, 0 when there is none.
func releaseNumber(args []string) (int, error) {
	if len(args) < 2 {
		return 0, nil
	}
	number, err := strconv.Atoi(args[1])
	if err != nil || number < 1 {
		return 0, &fault.Error{
			Op: "reading the arguments", Cause: quoted(args[1]) + " is no number of a release: a whole number from 1 on",
			Next: "slipway history " + args[0], Code: fault.BadInput,
		}
	}
	return number, nil
}

func find(cmd *cobra.Command, d *Deployer, book ledger.Ledger, number int) (ledger.Entry, error) {
	if number > 0 {
		entry, there, err := book.Read(cmd.Context(), number)
		if err == nil && !there {
			err = &fault.Error{
				Op: "looking for a release", Cause: fmt.Sprintf("%s has no release %d", book.Environment, number),
				Next: "slipway history " + book.Environment, Code: fault.NotReady,
			}
		}
		return entry, err
	}
	newest, err := book.List(cmd.Context(), 1)
	if err == nil && len(newest) == 0 {
		err = d.exists(cmd.Context(), book.Environment)
	}
	if err == nil && len(newest) == 0 {
		err = &fault.Error{
			Op: "looking for a release", Cause: book.Environment + " has no release yet", Next: "slipway deploy " + book.Environment, Code: fault.NotReady,
		}
	}
	if err != nil {
		return ledger.Entry{}, err
	}
	return newest[0], nil
}
