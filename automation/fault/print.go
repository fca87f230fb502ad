package fault

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// screen is how many lines of evidence Print shows: with the other lines the
// whole error stays on a terminal of 24 lines by 80 columns or a little more.
const screen = 16

// Print writes err on one screen: what was being done, the cause, the evidence
// (its beginning and its end where it is long) and the next command. An error
// that is no Error is one line.
func Print(w io.Writer, err error) {
	if err == nil {
		return
	}
	var e *Error
	if !errors.As(err, &e) {
		fmt.Fprintf(w, "error: %v\n", err)
		return
	}
	fmt.Fprintf(w, "error: %s\n", headline(e))
	block(w, "cause", lines(cause(e)))
	block(w, "evidence", shorten(e.Evidence, screen))
	block(w, "next", lines(e.Next))
}

func headline(e *Error) string {
	if e.Op != "" {
		return e.Op
	}
	return e.why()
}

// cause is empty where the headline has said it already.
func cause(e *Error) string {
	if e.Op == "" {
		return ""
	}
	why := e.why()
	if e.Err == nil || why == "" {
		return why
	}
	if below := e.Err.Error(); !strings.Contains(why, below) && !strings.Contains(below, why) {
		return why + "\n" + below
	}
	return why
}

func lines(text string) []string {
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

func block(w io.Writer, label string, text []string) {
	for _, line := range text {
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("  %-9s %s", label, line), " "))
		label = ""
	}
}

// shorten keeps the first quarter and the rest from the end: the end of a log
// says why, its beginning says of what.
func shorten(all []string, most int) []string {
	if len(all) <= most {
		return all
	}
	first := most / 4
	last := most - first - 1
	left := len(all) - first - last
	out := append([]string{}, all[:first]...)
	out = append(out, fmt.Sprintf("… %d more lines …", left))
	return append(out, all[len(all)-last:]...)
}
