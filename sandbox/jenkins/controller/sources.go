package controller

import (
	"fmt"
	"regexp"
	"strings"
)

// Sources are where the ${…} of Configuration as Code come from.
type Sources struct {
	Variables map[string]string
	ReadFile  func(path string) ([]byte, error)
}

// innermost is a ${…} that holds no other.
var innermost = regexp.MustCompile(`\$\{([^${}]*)\}`)

// Resolve replaces every ${…}: ${NAME}, ${NAME:-default}, ${readFile:path} and ${trim:text}, from the inside out.
func (s Sources) Resolve(text string) (string, error) {
	// What is looked up may itself hold ${…}, which means nothing: it is kept aside until the end.
	var kept []string
	for {
		at := innermost.FindStringSubmatchIndex(text)
		if at == nil {
			break
		}
		value, err := s.lookUp(restore(text[at[2]:at[3]], kept))
		if err != nil {
			return "", err
		}
		kept = append(kept, value)
		text = text[:at[0]] + mark(len(kept)-1) + text[at[1]:]
	}
	return restore(text, kept), nil
}

func mark(i int) string { return fmt.Sprintf("\x00%d\x00", i) }

func restore(text string, kept []string) string {
	for i := len(kept) - 1; i >= 0; i-- {
		text = strings.ReplaceAll(text, mark(i), kept[i])
	}
	return text
}

func (s Sources) lookUp(expression string) (string, error) {
	source, argument, ok := strings.Cut(expression, ":")
	switch {
	case ok && source == "readFile":
		b, err := s.ReadFile(argument)
		return string(b), err
	case ok && source == "trim":
		return strings.TrimSpace(argument), nil
	case ok && !strings.HasPrefix(argument, "-"):
		return "", fmt.Errorf("the source ${%s:…} of Configuration as Code is not supported here", source)
	}
	if value, found := s.Variables[source]; found {
		return value, nil
	}
	return strings.TrimPrefix(argument, "-"), nil
}
