package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"slipway/automation/fault"
)

// choosing are the flags that say which release or task is meant. Given empty, as by a script whose variable is not set,
// they would mean another one.
var choosing = []string{"app", "commit", "name", "stage", "task", "to"}

// noEmptyFlag refuses a flag that chooses and is given without a value.
func noEmptyFlag(cmd *cobra.Command, _ []string) error {
	for _, name := range choosing {
		if f := cmd.Flags().Lookup(name); f != nil && f.Changed && f.Value.String() == "" {
			return &fault.Error{
				Op: "reading the flags", Cause: "--" + name + " is empty: leave it out, or give it a value", Code: fault.BadInput,
				Next: fmt.Sprintf("%s --help", cmd.CommandPath()),
			}
		}
	}
	return nil
}
