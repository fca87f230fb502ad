package engine

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// Whatever a commit's message holds, pulumi gets one short line of it that no terminal obeys.
func FuzzLine(f *testing.F) {
	for _, seed := range []string{
		"", "Fix the totals", "first\nsecond", "\r\n", "\x1b[2Jhello \x1b]0;owned\a", "\xff\xfe", "\u202eevil", "  \t ", strings.Repeat("é", 999) + "\x00",
		strings.Repeat("\x01", 1001), "[promoted from prod] [execution 1]",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, message string) {
		got := line(message)
		if !utf8.ValidString(got) || len(got) > longestMessage+len("…") || strings.ContainsAny(got, "\n\x00") {
			t.Errorf("line(%.100q) = %.100q (%d bytes)", message, got, len(got))
		}
		if i := strings.IndexFunc(got, func(r rune) bool { return unicode.IsControl(r) && r != '\t' }); i >= 0 {
			t.Errorf("line(%.100q) has %q", message, got[i])
		}
	})
}
