package ui

import (
	"io"
	"os"

	"github.com/jonboulle/clockwork"
	"golang.org/x/term"
)

// Printer is a Sink that shows events somewhere. Close ends it and leaves the terminal as it was.
type Printer interface {
	Sink
	Close()
}

// Options choose a printer.
type Options struct {
	JSON    bool // newline-delimited objects on Out, nothing on Talk
	NoColor bool
	Verbose bool // plain lines with every detail, even on a terminal
	Out     io.Writer
	Talk    io.Writer
	Clock   clockwork.Clock // the system's when nil
}

// New returns the printer that suits where Talk goes: live lines on a terminal that can, plain lines elsewhere.
// NO_COLOR (no-color.org) and TERM=dumb are honoured.
func New(o Options) Printer {
	if o.Clock == nil {
		o.Clock = clockwork.NewRealClock()
	}
	if o.JSON {
		return NewJSON(o.Out, o.Clock)
	}
	talk := behind(o.Talk)
	file, isFile := talk.(*os.File)
	terminal := isFile && term.IsTerminal(int(file.Fd())) && os.Getenv("TERM") != "dumb"
	paint := palette(terminal && !o.NoColor && os.Getenv("NO_COLOR") == "")
	if !terminal || o.Verbose {
		return plainly{NewPlain(talk, paint)}
	}
	return plainly{NewLive(talk, paint, o.Clock, func() (int, int) {
		width, height, err := term.GetSize(int(file.Fd()))
		if err != nil || width <= 0 || height <= 0 { // some pseudo terminals have no size
			return 80, 24
		}
		return width, height
	})}
}

// palette colours text when it is true.
type palette bool

func (p palette) paint(code, text string) string {
	if !p || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p palette) red(text string) string    { return p.paint("31", text) }
func (p palette) green(text string) string  { return p.paint("32", text) }
func (p palette) yellow(text string) string { return p.paint("33", text) }
func (p palette) dim(text string) string    { return p.paint("2", text) }
