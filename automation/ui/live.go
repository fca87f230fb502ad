package ui

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// frameTime is how often a live display is painted anew.
const frameTime = 100 * time.Millisecond

// Live shows the current step, a bar and one line per resource at work at the bottom of a terminal,
// while finished lines scroll away above.
type Live struct {
	out   io.Writer
	clock clockwork.Clock
	size  func() (width, height int)
	lines lines
	done  chan struct{}
	ended chan struct{}

	mu     sync.Mutex
	state  state
	shown  []string // the lines of the last frame, as they stand on the terminal
	closed bool
}

// NewLive returns a Live on out, a terminal whose present size is told by size.
func NewLive(out io.Writer, paint palette, clock clockwork.Clock, size func() (width, height int)) *Live {
	l := &Live{
		out: out, clock: clock, size: size, lines: lines{palette: paint},
		done: make(chan struct{}), ended: make(chan struct{}),
	}
	go l.animate()
	return l
}

func (l *Live) animate() {
	defer close(l.ended)
	ticker := l.clock.NewTicker(frameTime)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.Chan():
			l.mu.Lock()
			l.paint(nil)
			l.mu.Unlock()
		case <-l.done:
			return
		}
	}
}

// Event takes e into the picture.
func (l *Live) Event(e Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state.apply(e, l.clock.Now())
	if above := l.lines.of(e); len(above) > 0 {
		l.paint(above)
	}
}

// Close removes the moving part; what scrolled away stays.
func (l *Live) Close() {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return
	}
	l.closed = true
	close(l.done)
	l.state = state{}
	l.paint(nil)
	l.mu.Unlock()
	<-l.ended
}

// paint replaces the last frame with finished lines and a new frame, in one write so that nothing flickers.
func (l *Live) paint(above []string) {
	width, height := l.size()
	frame := l.state.frame(l.lines.palette, l.clock.Now(), width, height)
	if len(above) == 0 && len(frame) == 0 && len(l.shown) == 0 {
		return
	}
	var text strings.Builder
	if rows := rowsOf(l.shown, width); rows > 0 {
		fmt.Fprintf(&text, "\r\x1b[%dA", rows)
	}
	text.WriteString("\x1b[J")
	for _, line := range above {
		text.WriteString(line + "\n")
	}
	for _, line := range frame {
		text.WriteString(line + "\n")
	}
	l.shown = frame
	_, _ = io.WriteString(l.out, text.String())
}

// rowsOf is how many rows the lines take on a terminal of the given width: after it was made narrower, a line
// that fitted before is broken into several rows.
func rowsOf(lines []string, width int) int {
	rows := 0
	for _, line := range lines {
		rows += max(1, (visible(line)+width-1)/max(1, width))
	}
	return rows
}
