package ui

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Printable is text without what a terminal obeys: control characters other than line feed and tab, bytes that are no
// UTF-8, and the marks that turn the direction of writing, each shown by its number. A carriage return before a line feed
// goes. Whoever may commit or write a log line decides what a person reads, and no more.
func Printable(text string) string {
	if printable(text) {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&out, `\x%02x`, text[i])
		case r == '\r' && strings.HasPrefix(text[i:], "\r\n"):
		case obeyed(r) && r < 0x100:
			fmt.Fprintf(&out, `\x%02x`, r)
		case obeyed(r):
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			out.WriteString(text[i : i+size])
		}
		i += size
	}
	return out.String()
}

func printable(text string) bool {
	return utf8.ValidString(text) && strings.IndexFunc(text, obeyed) < 0
}

// obeyed is C0, delete and C1 (ECMA-48), and the explicit directional formatting characters (UAX #9).
func obeyed(r rune) bool {
	switch {
	case r == '\n', r == '\t':
		return false
	case r < 0x20, r >= 0x7f && r < 0xa0:
		return true
	}
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// plainly is a Sink that passes on events whose texts a terminal only shows.
type plainly struct{ next Printer }

func (p plainly) Event(e Event) { p.next.Event(texts(e, Printable)) }
func (p plainly) Close()        { p.next.Close() }
