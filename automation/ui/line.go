package ui

import (
	"fmt"
	"strings"
	"time"
)

// lines writes an event as finished lines of text, or as none when there is nothing to say of it.
type lines struct {
	palette
	starts bool // also say what begins
}

func (l lines) of(e Event) []string {
	switch e := e.(type) {
	case StepStarted:
		if l.starts {
			return []string{join("▸ "+e.Name, e.Note)}
		}
	case StepEnded:
		return split(join(fmt.Sprintf("%s %-10s %s", l.mark(e.Outcome), e.Name, l.time(e.Duration)), l.note(e)))
	case ResourceEnded:
		return []string{l.resource(e)}
	case Planned:
		if l.starts && e.Changes > 0 {
			return []string{"  " + count(e.Changes, "resource") + " to change"}
		}
	case Booting:
		return []string{"  " + booting(e) + "  " + l.time(e.Spent) + remaining(e.Left)}
	case Booted:
		return []string{fmt.Sprintf("  %s host %s is ready  %s", l.green("✓"), e.Host, l.time(e.Spent))}
	case Note:
		return split("  " + e.Text)
	case Warning:
		return split(l.yellow("! ") + e.Text)
	}
	return nil
}

func booting(e Booting) string {
	return fmt.Sprintf("host %s: %d/%d %s", e.Host, e.Number, e.Of, e.Step)
}

func remaining(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return ", about " + duration(d) + " left"
}

func (l lines) mark(o Outcome) string {
	switch o {
	case Done:
		return l.green("✓")
	case Failed:
		return l.red("✗")
	case Superseded:
		return l.yellow("»")
	}
	return l.dim("-")
}

func (l lines) note(e StepEnded) string {
	if e.Outcome == Done {
		return e.Note
	}
	return strings.TrimSuffix(string(e.Outcome)+": "+e.Note, ": ")
}

func (l lines) resource(e ResourceEnded) string {
	if e.Err != "" {
		return fmt.Sprintf("  %s %s %s  %s  %s", l.red("✗"), e.Op, Label(e.Type, e.Name), l.time(e.Duration), l.red(e.Err))
	}
	return fmt.Sprintf("  %s %s  %s", l.sign(e.Op), Label(e.Type, e.Name), l.time(e.Duration))
}

// sign is the mark that Pulumi's own display has for an operation, with its name.
func (l lines) sign(op string) string {
	switch {
	case strings.HasPrefix(op, "create"), op == "import":
		return l.green("+") + " " + op
	case strings.HasPrefix(op, "delete"):
		return l.red("-") + " " + op
	case op == "refresh":
		return l.dim("↻") + " " + op
	}
	return l.yellow("~") + " " + op
}

func (l lines) time(d time.Duration) string { return l.dim(duration(d)) }

// Label is what a resource is called on one line: the short type and the name.
func Label(typ, name string) string {
	short := typ[strings.LastIndex(typ, ":")+1:]
	if module, _, ok := strings.Cut(strings.TrimPrefix(typ, strings.SplitN(typ, ":", 2)[0]+":"), "/"); ok {
		short = module + "." + short
	}
	if short == "" {
		return name
	}
	return short + " " + name
}

func join(text, note string) string {
	if note == "" {
		return text
	}
	return text + "  " + note
}

// split makes one line per line of text, the later ones indented under the first.
func split(text string) []string {
	all := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i := 1; i < len(all); i++ {
		all[i] = "    " + all[i]
	}
	return all
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
