package ui

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
)

func TestPrintable(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"plain", "Grüße, 世界 🚢\n\tindented", "Grüße, 世界 🚢\n\tindented"},
		{"clears the screen", "\x1b[2J\x1b[Hfake", `\x1b[2J\x1b[Hfake`},
		{"sets the title", "\x1b]0;owned\a", `\x1b]0;owned\x07`},
		{"overwrites its line", "bad\rgood", `bad\x0dgood`},
		{"ends as Windows does", "line\r\n", "line\n"},
		{"C1 in UTF-8", "\u009b2J", `\x9b2J`},
		{"C1 as a byte", "\x9b2J", `\x9b2J`},
		{"delete and null", "a\x7f\x00", `a\x7f\x00`},
		{"Latin-1", "Caf\xe9", `Caf\xe9`},
		{"turned around", "safe\u202egpj.exe\u2066", `safe\u202egpj.exe\u2066`},
	}
	for _, test := range tests {
		if got := Printable(test.text); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// Whatever an event says, a terminal gets nothing to obey but what the printer itself writes.
func TestEventsObeyNothing(t *testing.T) {
	evil := "x\x1b[2J\u009b\r"
	all := []Event{
		StepStarted{Name: evil, Note: evil}, StepEnded{Name: evil, Note: evil, Outcome: Failed}, Note{Text: evil}, Warning{Text: evil},
		ResourceStarted{Name: evil, Type: evil, URN: evil}, ResourceEnded{Name: evil, Type: evil, Err: evil}, Booting{Host: evil, Step: evil}, Booted{Host: evil},
		Logged{Text: evil, Task: evil, Container: evil}, Result{Data: map[string]any{evil: evil}},
	}
	for _, verbose := range []bool{false, true} {
		for _, asJSON := range []bool{false, true} {
			var out bytes.Buffer
			p := New(Options{JSON: asJSON, Verbose: verbose, Out: &out, Talk: &out})
			for _, e := range all {
				p.Event(e)
			}
			p.Close()
			if i := strings.IndexFunc(out.String(), obeyed); i >= 0 || out.Len() == 0 {
				t.Errorf("json %v: %q at %d of\n%q", asJSON, out.String()[max(0, i):], i, out.String())
			}
		}
	}
}

func TestEdge(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	read.Close()
	full := writerFunc(func([]byte) (int, error) { return 0, syscall.ENOSPC })
	for _, test := range []struct {
		name string
		to   io.Writer
		want error
	}{{"a closed pipe", write, nil}, {"a full disk", full, syscall.ENOSPC}} {
		e := NewEdge(test.to, func(s string) string { return s })
		if _, err := e.Write([]byte("one\n")); err == nil {
			t.Errorf("%s: the first write answers no error", test.name)
		}
		if n, err := e.Write([]byte("two\n")); n != 4 || err != nil {
			t.Errorf("%s: the second write answers %d, %v", test.name, n, err)
		}
		if err := e.Err(); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// A secret is hidden in every form that a text can have it in.
func TestSecretForms(t *testing.T) {
	const secret = "p\"ss'wörd<&>\\x\nsecond line/+="
	var out bytes.Buffer
	r := Redact(NewJSON(&out, clockwork.NewFakeClockAt(time.Unix(0, 0))), secret, "ab", "line1\nline2 of a key\nx")
	for _, text := range forms(secret) {
		if got := r.Text("<<" + text + ">>"); got != "<<[secret]>>" && got != "<<[secret]\n[secret]>>" {
			t.Errorf("%q is shown as %q", text, got)
		}
	}
	for text, want := range map[string]string{"ab": "ab", "line2 of a key": "[secret]", "x": "x", "second line/+=": "[secret]"} {
		if got := r.Text(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
	r.Event(Result{Data: map[string]any{"n": int64(9007199254740993), secret: []string{secret}, "bad": "it is " + secret}})
	for _, part := range []string{"second line", "wörd", "9007199254740992"} {
		if strings.Contains(out.String(), part) {
			t.Errorf("%q is in %s", part, out.String())
		}
	}
	if got, ok := r.Data(func() {}).(map[string]any); !ok || got["unprintable"] == nil {
		t.Errorf("what cannot be read for secrets is passed on: %v", got)
	}
}
