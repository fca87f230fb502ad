package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

var spinner = []rune("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")

const barWidth = 24

// state is what a live display knows: the step that runs and the resources at work, oldest first.
type state struct {
	step    *running
	active  []running
	planned int // changes that are expected, 0 when unknown
	changed int // changes that are done
}

type running struct {
	key, text string
	since     time.Time
}

func (s *state) apply(e Event, now time.Time) {
	switch e := e.(type) {
	case StepStarted:
		*s = state{step: &running{text: join(e.Name, e.Note), since: now}}
	case StepEnded:
		*s = state{}
	case Planned:
		s.planned, s.changed = e.Changes, 0
	case ResourceStarted:
		s.active = append(s.active, running{key: e.URN + e.Op, text: e.Op + " " + Label(e.Type, e.Name), since: now})
	case ResourceEnded:
		s.end(e)
	case Booting:
		s.drop(e.Host)
		s.active = append(s.active, running{key: e.Host, text: booting(e), since: now.Add(-e.Spent)})
	case Booted:
		s.drop(e.Host)
	case Result:
		*s = state{}
	}
}

func (s *state) end(e ResourceEnded) {
	s.drop(e.URN + e.Op)
	if e.Err == "" && e.Op != "refresh" && e.Op != "delete-replaced" {
		s.changed++
	}
}

// drop takes what is at work out of the picture.
func (s *state) drop(key string) {
	s.active = slices.DeleteFunc(s.active, func(r running) bool { return r.key == key })
}

// frame draws the moving lines, no wider and, beyond the first two, no more than the terminal takes.
func (s *state) frame(paint palette, now time.Time, width, height int) []string {
	if s.step == nil && len(s.active) == 0 {
		return nil
	}
	spin := string(spinner[int(now.UnixMilli()/frameTime.Milliseconds())%len(spinner)])
	var out []string
	if s.step != nil {
		out = append(out, s.line(spin+" "+s.step.text, now.Sub(s.step.since), width))
	}
	if s.planned > 0 {
		out = append(out, fit(s.bar(paint), width))
	}
	room := max(1, height-len(out)-2)
	for i, r := range s.active {
		if i == room-1 && len(s.active) > room {
			out = append(out, fit(fmt.Sprintf("    … and %d more", len(s.active)-i), width))
			break
		}
		out = append(out, s.line("  "+spin+" "+r.text, now.Sub(r.since), width))
	}
	return out
}

func (s *state) bar(paint palette) string {
	done := min(s.changed, s.planned)
	filled := barWidth * done / s.planned
	return fmt.Sprintf("  %s%s %d/%d", paint.green(strings.Repeat("━", filled)),
		paint.dim(strings.Repeat("━", barWidth-filled)), done, s.planned)
}

// line puts the time at the end of a text that is shortened to leave room for it.
func (s *state) line(text string, elapsed time.Duration, width int) string {
	tail := "  " + duration(elapsed.Truncate(time.Second))
	return fit(fit(text, width-len(tail)-1)+tail, width)
}

// fit shortens text to fewer columns than width: a full last column makes some terminals begin a new row.
func fit(text string, width int) string {
	if most := max(1, width-1); visible(text) > most {
		return cut(text, most-1) + "…"
	}
	return text
}

// visible counts the columns that text takes, leaving out colour codes.
func visible(text string) int {
	n, escape := 0, false
	for _, r := range text {
		switch {
		case r == '\x1b':
			escape = true
		case escape:
			escape = r != 'm'
		default:
			n++
		}
	}
	return n
}

// cut keeps the first n columns of text and every colour code, so that no colour runs on.
func cut(text string, n int) string {
	var out strings.Builder
	escape := false
	for _, r := range text {
		switch {
		case r == '\x1b' || escape:
			escape = r != 'm'
			out.WriteRune(r)
		case n > 0:
			out.WriteRune(r)
			n--
		}
	}
	return out.String()
}
