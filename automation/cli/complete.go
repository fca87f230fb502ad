package cli

import "github.com/spf13/cobra"

// completeStacks offers the stacks of the project to the shell.
func completeStacks(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	dir, _ := cmd.Flags().GetString("project")
	p, err := (&Session{ProjectDir: dir}).Project()
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	stacks, _ := p.Stacks()
	return stacks, cobra.ShellCompDirectiveNoFileComp
}
