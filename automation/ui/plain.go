package ui

import (
	"fmt"
	"io"
	"sync"
)

// Plain prints one line per start and end of a step and per changed resource.
type Plain struct {
	mu    sync.Mutex
	out   io.Writer
	lines lines
}

// NewPlain returns a Plain on out.
func NewPlain(out io.Writer, paint palette) *Plain {
	return &Plain{out: out, lines: lines{palette: paint, starts: true}}
}

// Event prints e. A Result has been printed by the command itself.
func (p *Plain) Event(e Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, line := range p.lines.of(e) {
		_, _ = fmt.Fprintln(p.out, line)
	}
}

// Close does nothing: every line is complete.
func (p *Plain) Close() {}
