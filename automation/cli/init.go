package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"slipway/automation/dockerfile"
	"slipway/automation/fault"
	"slipway/automation/project"
	"slipway/automation/release"
)

// beginning are the flags of init.
type beginning struct {
	name, health, dockerfile string
	port                     int
	yes                      bool
}

func initCommand() *cobra.Command {
	var b beginning
	cmd := &cobra.Command{
		Use: "init [FOLDER]", Short: "Write the files of a project into a folder with a Dockerfile",
		Long: `Writes Pulumi.yaml, the files of the stacks delivery, dev, staging and prod, and a line of .gitignore. Port and
health path are read from the Dockerfile (EXPOSE, HEALTHCHECK), and the port also from its base image where Docker has
that; on a terminal they are asked for. Nothing is overwritten, and the app itself stays as it is.`,
		Example: "  slipway init\n  slipway init services/api --name api --port 3000 --health-path /healthz --yes",
		Args:    arguments(0, 1, "one folder, or none for this one"),
		RunE: func(cmd *cobra.Command, args []string) error {
			folder := "."
			if len(args) == 1 {
				folder = args[0]
			}
			return b.run(cmd, folder)
		},
	}
	cmd.Flags().StringVar(&b.name, "name", "", "name of the project and of what it has on AWS (default: the folder's)")
	cmd.Flags().IntVar(&b.port, "port", 0, "port that the app listens on (default: the Dockerfile's EXPOSE)")
	cmd.Flags().StringVar(&b.health, "health-path", "", "path that answers 200 when the app is well (default: the Dockerfile's HEALTHCHECK, or /)")
	cmd.Flags().StringVar(&b.dockerfile, "dockerfile", "Dockerfile", "path of the Dockerfile in the folder")
	cmd.Flags().BoolVarP(&b.yes, "yes", "y", false, "do not ask")
	return cmd
}

// begun is what init answers.
type begun struct {
	Folder     string   `json:"folder"`
	Project    string   `json:"project"`
	Port       int      `json:"port"`
	HealthPath string   `json:"healthPath"`
	User       string   `json:"user,omitempty"` // of the image, as its Dockerfile says; empty when it does not
	Files      []string `json:"files"`
	Next       []string `json:"next"` // commands
}

func (b *beginning) run(cmd *cobra.Command, folder string) error {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return err
	}
	facts, err := b.read(folder)
	if err != nil {
		return err
	}
	session := From(cmd)
	if err := b.settle(cmd, folder, facts); err != nil {
		return err
	}
	made := begun{Folder: folder, Project: b.name, Port: b.port, HealthPath: b.health, User: facts.User}
	fresh := b.project()
	fresh.Below = project.Prefix(cmd.Context(), folder)
	made.Files, err = project.Create(folder, fresh)
	if err != nil {
		return notBegun(folder, err)
	}
	made.Next = b.next(cmd.Context(), folder)
	session.Answer("init", fault.OK, made, func(out io.Writer) { made.print(out) })
	return nil
}

// notBegun says why nothing was written.
func notBegun(folder string, err error) error {
	var there *project.AlreadyThere
	e := &fault.Error{Op: "making a project in " + folder, Cause: err.Error() + "; nothing was written", Code: fault.BadInput, Err: err}
	switch {
	case errors.As(err, &there):
		e.Cause, e.Next = there.Error(), "go on with the project that is there (slipway up delivery), or move these files away"
	case errors.Is(err, fs.ErrPermission):
		e.Next = "become somebody who may write there, or take a copy of the folder"
	default:
		e.Next = "put that right, then the same command"
	}
	return e
}

// settle finds a value for everything.
func (b *beginning) settle(cmd *cobra.Command, folder string, facts dockerfile.Facts) error {
	if len(facts.Ports) == 0 && b.port == 0 {
		facts.Ports = release.DockerEngine{}.Exposed(cmd.Context(), facts.Base)
	}
	return b.choose(From(cmd), folder, facts)
}

func (b *beginning) project() project.Fresh {
	return project.Fresh{Name: b.name, Port: b.port, HealthPath: b.health, Dockerfile: filepath.ToSlash(b.dockerfile)}
}

// read finds out what the Dockerfile says.
func (b *beginning) read(folder string) (dockerfile.Facts, error) {
	bad := func(cause, next string, err error) (dockerfile.Facts, error) {
		return dockerfile.Facts{}, &fault.Error{Op: "looking for an app in " + folder, Cause: cause, Next: next, Code: fault.BadInput, Err: err}
	}
	if !filepath.IsLocal(b.dockerfile) {
		return bad(fmt.Sprintf("--dockerfile %q is no path within the folder", b.dockerfile), "slipway init --help", nil)
	}
	file, err := os.Open(filepath.Join(folder, b.dockerfile))
	if err != nil {
		return bad("it has no file "+b.dockerfile, "give the folder with the app's Dockerfile: slipway init FOLDER, or its path with --dockerfile", err)
	}
	defer func() { _ = file.Close() }()
	facts, err := dockerfile.Read(file)
	if err != nil {
		return bad(b.dockerfile+": "+err.Error(), "docker build "+folder, err)
	}
	return facts, nil
}

// next are the commands that lead from here to an app that runs.
func (b *beginning) next(ctx context.Context, folder string) []string {
	var all []string
	if here, err := os.Getwd(); err != nil || here != folder {
		all = append(all, "cd "+shellQuoted(folder))
	}
	if project.Git(ctx, folder, "rev-parse", "--git-dir").Run() != nil {
		all = append(all, "git init --initial-branch=main")
	}
	return append(all,
		`git add --all && git commit -m "Deploy with Slipway"`,
		`slipway sandbox start && eval "$(slipway sandbox env)"`,
		"slipway up delivery && slipway up dev",
		"slipway deploy dev",
	)
}

func (m begun) print(out io.Writer) {
	_, _ = fmt.Fprintf(out, "%s: wrote %s\n", m.Project, strings.Join(m.Files, ", "))
	_, _ = fmt.Fprintf(out, "the app listens on port %d and is well when %s answers 200\n", m.Port, m.HealthPath)
	if name, _, _ := strings.Cut(m.User, ":"); slices.Contains([]string{"", "root", "0"}, name) {
		_, _ = fmt.Fprintln(out, "the Dockerfile names no user other than root: a USER line makes the app harder to misuse")
	}
	_, _ = fmt.Fprintf(out, "\nnext, on this machine, without AWS:\n  %s\n", strings.Join(m.Next, "\n  "))
	_, _ = fmt.Fprintln(out, "\non AWS, with credentials and AWS_REGION: slipway bootstrap in place of the sandbox")
}
