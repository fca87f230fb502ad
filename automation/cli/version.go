package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"slipway/automation/engine"
	"slipway/automation/fault"
)

// released is the version of a released binary, stamped by the linker: -X slipway/automation/cli.released=v1.2.
var released = ""

// source is what scripts/source-hash printed for the source of this binary, stamped by the linker as released is.
var source = ""

// versions is what the version command answers.
type versions struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Source  string `json:"source,omitempty"` // hash of what the binary was built from
	Go      string `json:"go"`
	Pulumi  string `json:"pulumi,omitempty"`  // of the CLI that operations use
	Problem string `json:"problem,omitempty"` // why that is not known
}

// version is what the binary knows of itself.
func version() versions {
	v := versions{Version: released, Source: source, Go: runtime.Version()}
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
	var onlySource bool
	cmd := &cobra.Command{
		Use: "version", Short: "Show the versions of slipway, Go and the pulumi CLI",
		Args: arguments(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			session, v := From(cmd), version()
			if onlySource {
				return printSource(session, v)
			}
			p, err := session.Project()
			if err == nil {
				v.Pulumi, err = engine.CLIVersion(p)
			}
			if err != nil {
				v.Problem = err.Error()
			}
			session.Answer("version", fault.OK, v, func(out io.Writer) { printVersions(out, v) })
			return nil
		},
	}
	cmd.Flags().BoolVar(&onlySource, "source", false, "show only the hash of the source that this binary was built from")
	return cmd
}

// printSource is for scripts that ask whether this binary is the one of a source (scripts/source-hash).
func printSource(session *Session, v versions) error {
	if v.Source == "" {
		return &fault.Error{
			Op: "reading the stamp of the source", Cause: "this binary was built without one", Next: "scripts/setup slipway", Code: fault.NotReady,
		}
	}
	session.Answer("version", fault.OK, v, func(out io.Writer) { _, _ = fmt.Fprintln(out, v.Source) })
	return nil
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
