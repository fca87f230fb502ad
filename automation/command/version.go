package command

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"slipway/automation/fault"
	"slipway/automation/stack"
)

// released is the version of a released binary, stamped by the linker: -X slipway/automation/command.released=v1.2.
var released = ""

// versions is what the version command answers.
type versions struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Go      string `json:"go"`
	Pulumi  string `json:"pulumi,omitempty"`  // of the CLI that operations use
	Problem string `json:"problem,omitempty"` // why that is not known
}

// version is what the binary knows of itself.
func version() versions {
	v := versions{Version: released, Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			v.Commit = setting.Value
		case "vcs.modified":
			if setting.Value == "true" {
				v.Commit += "+changes"
			}
		}
	}
	if v.Version == "" {
		v.Version = info.Main.Version
	}
	if v.Version == "" {
		v.Version = "(devel)"
	}
	return v
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Show the versions of slipway, Go and the pulumi CLI",
		Args: arguments(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			session, v := From(cmd), version()
			p, err := session.Project()
			if err == nil {
				v.Pulumi, err = stack.CLIVersion(p)
			}
			if err != nil {
				v.Problem = err.Error()
			}
			session.Answer("version", fault.OK, v, func(out io.Writer) { printVersions(out, v) })
			return nil
		},
	}
}

func printVersions(out io.Writer, v versions) {
	_, _ = fmt.Fprintf(out, "slipway %s\n", v.Version)
	if v.Commit != "" {
		_, _ = fmt.Fprintf(out, "commit  %s\n", v.Commit)
	}
	_, _ = fmt.Fprintf(out, "go      %s\n", v.Go)
	if v.Problem != "" {
		v.Pulumi = "unknown: " + v.Problem
	}
	_, _ = fmt.Fprintf(out, "pulumi  %s\n", v.Pulumi)
}
