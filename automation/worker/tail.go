package worker

import (
	"bytes"
	"regexp"
	"strings"
)

// tail keeps the last lines of a build's log.
type tail struct {
	at    int64  // the byte to read on from
	rest  []byte // of a line that is not complete
	lines []string
}

// What is kept: enough to find what a build said last, little for a log of any size.
const (
	keptLines = 60
	keptLine  = 500 // bytes
)

func (t *tail) add(text []byte, next int64) {
	t.at = next
	for {
		line, after, complete := bytes.Cut(text, []byte("\n"))
		if room := keptLine - len(t.rest); room > 0 {
			t.rest = append(t.rest, line[:min(len(line), room)]...)
		}
		if !complete {
			return
		}
		t.keep(string(t.rest))
		t.rest, text = t.rest[:0], after
	}
}

func (t *tail) keep(line string) {
	if len(t.lines) == keptLines {
		t.lines = append(t.lines[:0], t.lines[1:]...)
	}
	t.lines = append(t.lines, line)
}

var (
	colours   = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]`)
	timestamp = regexp.MustCompile(`^\[?\d{4}-\d{2}-\d{2}T[0-9:.]+Z?\]?\s+`)
	// chatter is what Jenkins and a shell say around the work; it explains nothing.
	chatter = regexp.MustCompile(`^(\++ |Finished: |Archiving artifacts$|Recording fingerprints$|Build step '.*' marked build as |Started by |Running as |Building in workspace |\[[^\]]+\] \$ )`)
)

// meaningful are the last n lines that say something of the work.
func (t *tail) meaningful(n int) []string {
	var found []string
	all := t.lines
	if len(t.rest) > 0 {
		all = append(all[:len(all):len(all)], string(t.rest))
	}
	for i := len(all) - 1; i >= 0 && len(found) < n; i-- {
		line := strings.TrimSpace(timestamp.ReplaceAllString(colours.ReplaceAllString(all[i], ""), ""))
		if line != "" && !chatter.MatchString(line) {
			found = append([]string{line}, found...)
		}
	}
	return found
}
