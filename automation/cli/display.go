package cli

import (
	"sync"

	"slipway/automation/ui"
)

// screen is a printer that is opened at the first event and, once closed for a question, at the next one again.
type screen struct {
	open func() ui.Printer

	mu  sync.Mutex
	now ui.Printer
}

// Event shows e.
func (s *screen) Event(e ui.Event) {
	s.mu.Lock()
	if s.now == nil {
		s.now = s.open()
	}
	shown := s.now
	s.mu.Unlock()
	shown.Event(e)
}

// Close removes what moves.
func (s *screen) Close() {
	s.mu.Lock()
	shown := s.now
	s.now = nil
	s.mu.Unlock()
	if shown != nil {
		shown.Close()
	}
}

// warnings passes on nothing but warnings, and the result.
type warnings struct{ ui.Printer }

func (w warnings) Event(e ui.Event) {
	switch e.(type) {
	case ui.Warning, ui.Result:
		w.Printer.Event(e)
	}
}
