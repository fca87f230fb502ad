package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"slipway/automation/fault"
	"slipway/sandbox"
)

func sandboxEnv() *cobra.Command {
	return &cobra.Command{
		Use: "env", Short: "Print the variables that turn pulumi, the aws CLI and this program to the sandbox",
		Example: "  eval \"$(slipway sandbox env)\"", Args: arguments(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := runningSandbox(cmd)
			if err != nil {
				return err
			}
			set := map[string]string{}
			for _, kv := range r.Environment() {
				k, v, _ := strings.Cut(kv, "=")
				set[k] = v
			}
			data := map[string]any{"set": set, "unset": sandbox.Unset()}
			From(cmd).Answer("sandbox env", fault.OK, data, func(out io.Writer) {
				for _, kv := range slices.Sorted(slices.Values(r.Environment())) {
					k, v, _ := strings.Cut(kv, "=")
					_, _ = fmt.Fprintf(out, "export %s='%s'\n", k, strings.ReplaceAll(v, "'", `'\''`))
				}
				_, _ = fmt.Fprintf(out, "unset %s\n", strings.Join(sandbox.Unset(), " "))
			})
			return nil
		},
	}
}
