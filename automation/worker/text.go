package worker

import (
	"strings"
	"unicode/utf8"
)

// oneParagraph joins the lines of a text.
func oneParagraph(text string) string { return strings.Join(strings.Fields(text), " ") }

// shorten leaves out the middle of a text that is too long: the beginning says what, the end where to look.
func shorten(text string, most int) string {
	const gap = " … "
	if len(text) <= most {
		return text
	}
	head := (most - len(gap)) * 2 / 3
	tail := len(text) - (most - len(gap) - head)
	for head > 0 && !utf8.RuneStart(text[head]) {
		head--
	}
	for tail < len(text) && !utf8.RuneStart(text[tail]) {
		tail++
	}
	return text[:head] + gap + text[tail:]
}
