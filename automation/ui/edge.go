package ui

import (
	"errors"
	"io"
	"os"
	"sync"
	"syscall"
)

// Edge is where everything that commands print leaves the program: without secrets, and without what a terminal obeys.
// A text must not be split between two writes. Once nobody reads any more it takes everything and drops it, so that
// a closed pipe ends nothing in the middle.
type Edge struct {
	to   io.Writer
	hide func(string) string

	mu     sync.Mutex
	failed error
}

// NewEdge returns an Edge in front of a writer. Hide takes secrets out of a text.
func NewEdge(to io.Writer, hide func(string) string) *Edge { return &Edge{to: to, hide: hide} }

// Write writes one text. Its error is also kept for Err; a closed pipe is none.
func (e *Edge) Write(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.failed != nil {
		return len(p), nil
	}
	if _, err := io.WriteString(e.to, Printable(e.hide(string(p)))); err != nil {
		e.failed = err
		return 0, err
	}
	return len(p), nil
}

// Err is why the first write that did not work did not, nil where nobody reads any more.
func (e *Edge) Err() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if Unread(e.failed) {
		return nil
	}
	return e.failed
}

// Unread says whether an error means that nobody reads: the pipe is closed, or the terminal is gone.
func Unread(err error) bool { return errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.EIO) }

// behind is what an Edge writes to, and any other writer itself: printers of events colour texts that plainly made safe.
func behind(w io.Writer) io.Writer {
	if e, ok := w.(*Edge); ok {
		return e.to
	}
	return w
}

// Terminal is the file that an Edge writes to, nil where that is none.
func (e *Edge) Terminal() *os.File {
	file, _ := e.to.(*os.File)
	return file
}

// Raw is the writer behind, for what is a terminal itself.
func (e *Edge) Raw() io.Writer { return e.to }
