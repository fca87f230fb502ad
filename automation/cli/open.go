package cli

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"slipway/automation/fault"
	"slipway/automation/ui"
	"slipway/infra/outputs"
)

func openCommand() *cobra.Command {
	var print bool
	cmd := &cobra.Command{
		Use: "open [ENVIRONMENT]", Short: "Open the app of an environment in a browser",
		Long: `Opens the environment's URL with the program of $BROWSER, or with the system's own. Where there is none, and with
--print, the URL is printed.`,
		Example: "  slipway open dev\n  curl \"$(slipway open dev --print)/healthz\"",
		Args:    arguments(0, 1, "the name of one environment, or none for the only one"), ValidArgsFunction: completeStacks,
		RunE: func(cmd *cobra.Command, args []string) error { return open(cmd, args, print) },
	}
	cmd.Flags().BoolVar(&print, "print", false, "print the URL and open nothing")
	return cmd
}

func open(cmd *cobra.Command, args []string, print bool) error {
	session := From(cmd)
	d, err := session.Deployer()
	if err != nil {
		return err
	}
	e, err := d.existing(cmd.Context(), args)
	if err != nil {
		return err
	}
	url := e.text(outputs.AppURL)
	opened := !print && !session.JSON && session.browse(url)
	session.Answer("open", fault.OK, map[string]any{"environment": e.name, "url": url, "opened": opened}, func(out io.Writer) {
		if !opened {
			_, _ = fmt.Fprintln(out, url)
		}
	})
	return nil
}

// browse opens a URL and says whether a program took it.
func (s *Session) browse(url string) bool {
	program := browser()
	if program == nil {
		s.Sink().Event(ui.Note{Text: "there is no browser here: set BROWSER, or open it elsewhere"})
		return false
	}
	run := exec.Command(program[0], append(program[1:], url)...)
	run.Stderr = s.Talk
	if err := run.Run(); err != nil {
		s.Sink().Event(ui.Warning{Text: fmt.Sprintf("%s: %v", program[0], err)})
		return false
	}
	s.Sink().Event(ui.Note{Text: "opened " + url})
	return true
}

// browser is the command that opens a URL, nil where there is none.
func browser() []string {
	if own := strings.Fields(os.Getenv("BROWSER")); len(own) > 0 {
		return own
	}
	name := "xdg-open"
	if runtime.GOOS == "darwin" {
		name = "open"
	}
	if path, err := exec.LookPath(name); err == nil {
		return []string{path}
	}
	return nil
}
