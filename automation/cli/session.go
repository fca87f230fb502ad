package cli

import (
	"bufio"
	"context"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jonboulle/clockwork"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"slipway/automation/fault"
	"slipway/automation/project"
	"slipway/automation/ui"
)

// Session is one run of the command line: the global flags, where to write, and the project.
type Session struct {
	ProjectDir string
	JSON       bool
	NoColor    bool
	Verbose    bool
	ResultFile string // the result object is written there too, when not empty

	In   io.Reader
	Out  io.Writer // data
	Talk io.Writer // everything else

	once     sync.Once
	printer  *screen
	redactor *ui.Redactor
	answered bool
	lost     error           // why the result could not be written
	stops    atomic.Value    // text: what the first Ctrl-C does, where that is not about a stack
	asks     atomic.Bool     // a question waits
	looks    atomic.Bool     // the command changes nothing
	brief    bool            // say nothing but warnings
	left     <-chan struct{} // closed when the command is to end
	answers  *bufio.Reader   // of In
}

type sessionKey struct{}

// From returns the session that cmd runs in.
func From(cmd *cobra.Command) *Session {
	return cmd.Context().Value(sessionKey{}).(*Session)
}

func newSession() *Session { return &Session{In: os.Stdin, Out: os.Stdout, Talk: os.Stderr} }

// guard puts the edge in front of what the session writes to.
func (s *Session) guard() {
	s.Out, s.Talk = ui.NewEdge(s.Out, s.hidden), ui.NewEdge(s.Talk, s.hidden)
}

// hidden is text without the secrets that are known.
func (s *Session) hidden(text string) string { return s.display().Text(text) }

func (s *Session) within(ctx context.Context) context.Context {
	return context.WithValue(ctx, sessionKey{}, s)
}

func (s *Session) flags(root *cobra.Command) {
	all := root.PersistentFlags()
	all.StringVar(&s.ProjectDir, "project", "", "folder of the project (default: "+project.Variable+", or upward from here)")
	all.BoolVar(&s.JSON, "json", false, "print events and one result object, a line each, and nothing else on stdout")
	all.BoolVar(&s.NoColor, "no-color", false, "no colours, as with NO_COLOR set")
	all.BoolVar(&s.Verbose, "verbose", false, "one line for every start and end, also on a terminal")
}

// Project finds the project that the flags and the working directory point at.
func (s *Session) Project() (*project.Project, error) {
	p, err := project.Find(s.ProjectDir)
	if err != nil {
		return nil, &fault.Error{
			Op: "looking for the project", Cause: err.Error(), Code: fault.BadInput, Err: err,
			Next: "go to the project's folder, give it with --project, or make one where the app's Dockerfile is: slipway init",
		}
	}
	return p, nil
}

// Sink is where events of the command go. It opens the display at the first call.
func (s *Session) Sink() ui.Sink { return s.display() }

// Hide keeps texts out of everything that is printed from now on.
func (s *Session) Hide(secrets ...string) { s.display().Hide(secrets...) }

func (s *Session) display() *ui.Redactor {
	s.once.Do(func() {
		s.printer = &screen{open: s.openPrinter}
		s.redactor = ui.Redact(s.printer)
	})
	return s.redactor
}

func (s *Session) openPrinter() ui.Printer {
	p := ui.New(ui.Options{JSON: s.JSON, NoColor: s.NoColor, Verbose: s.Verbose, Out: s.Out, Talk: s.Talk})
	if s.brief {
		return warnings{p}
	}
	return p
}

// Quiet removes what moves on the terminal, before a question or the answer is printed.
func (s *Session) quiet() {
	if s.printer != nil {
		s.printer.Close()
	}
}

// Answer prints what the command came to: as the result object with --json, otherwise by the function text,
// which writes to stdout. It is called once, at the end.
func (s *Session) Answer(command string, code int, data any, text func(w io.Writer)) {
	s.result(ui.Result{Command: command, OK: code == fault.OK, Code: code, Data: data})
	if s.JSON {
		return
	}
	s.quiet()
	if text != nil {
		text(s.Out)
	}
}

// result gives the result object to those who read it: with --json and in the file of --result.
func (s *Session) result(r ui.Result) {
	s.answered = true
	if s.JSON {
		s.Sink().Event(r)
	}
	if s.ResultFile == "" {
		return
	}
	s.lost = s.keep(r)
}

// keep writes the result file, without secrets.
func (s *Session) keep(r ui.Result) error {
	var text strings.Builder
	r.Data = s.display().Data(r.Data)
	ui.NewJSON(&text, clockwork.NewRealClock()).Event(r)
	return os.WriteFile(s.ResultFile, []byte(text.String()), 0o644)
}

// unwritten is the error of an answer that did not arrive where it was to go, nil where nobody wanted it any more.
func (s *Session) unwritten() error {
	where, err := "stdout", error(nil)
	if edge, ok := s.Out.(*ui.Edge); ok {
		err = edge.Err()
	}
	if err == nil {
		where, err = s.ResultFile, s.lost
	}
	if err == nil {
		return nil
	}
	return &fault.Error{
		Op: "writing the answer to " + where, Cause: err.Error(), Code: fault.Unexpected, Err: err,
		Next: "what the command did is done; make room there, and slipway status shows it",
	}
}

// interactive says whether a person can be asked.
func (s *Session) interactive() bool {
	in, isFile := s.In.(*os.File)
	edge, guarded := s.Talk.(*ui.Edge)
	if !isFile || !guarded || s.JSON || edge.Terminal() == nil {
		return false
	}
	return term.IsTerminal(int(in.Fd())) && term.IsTerminal(int(edge.Terminal().Fd()))
}
