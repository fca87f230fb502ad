package ui

import (
	"strconv"
	"strings"
)

// screen is a terminal of one width that understands the few codes that Live writes.
type screen struct {
	width int
	rows  []row
	at    int // the row that the cursor stands in
}

// row is one row of the screen; wrapped means that its line goes on in the next one.
type row struct {
	text    string
	wrapped bool
}

func (s *screen) Write(p []byte) (int, error) {
	text := string(p)
	for text != "" {
		switch {
		case strings.HasPrefix(text, "\x1b[J"):
			s.rows = s.rows[:min(s.at, len(s.rows))]
			text = text[len("\x1b[J"):]
		case strings.HasPrefix(text, "\r\x1b["):
			number, rest, _ := strings.Cut(text[len("\r\x1b["):], "A")
			up, _ := strconv.Atoi(number)
			s.at, text = max(0, s.at-up), rest
		default:
			line, rest, _ := strings.Cut(text, "\n")
			s.line(line)
			text = rest
		}
	}
	return len(p), nil
}

func (s *screen) line(text string) {
	runes := []rune(text)
	for len(runes) > s.width {
		s.rows = append(s.rows, row{string(runes[:s.width]), true})
		runes = runes[s.width:]
	}
	s.rows = append(s.rows, row{text: string(runes)})
	s.at = len(s.rows)
}

// resize breaks every line anew, as terminals do.
func (s *screen) resize(width int) {
	old := s.rows
	s.width, s.rows = width, nil
	line := ""
	for _, r := range old {
		line += r.text
		if !r.wrapped {
			s.line(line)
			line = ""
		}
	}
}

func (s *screen) text() string {
	var out strings.Builder
	for _, r := range s.rows {
		out.WriteString(r.text + "\n")
	}
	return out.String()
}
