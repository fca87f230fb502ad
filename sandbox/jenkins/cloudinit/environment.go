package cloudinit

import (
	"fmt"
	"strings"
)

// ParseEnvironment reads a file of KEY=value lines as systemd's EnvironmentFile does: comments, empty lines,
// and values in quotes.
func ParseEnvironment(content []byte) (map[string]string, error) {
	all := map[string]string{}
	for i, line := range strings.Split(string(content), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok {
			return nil, fmt.Errorf("line %d is not KEY=value", i+1)
		}
		all[strings.TrimSpace(key)] = unquote(strings.TrimSpace(value))
	}
	return all, nil
}

func unquote(value string) string {
	if n := len(value); n >= 2 && (value[0] == '"' || value[0] == '\'') && value[n-1] == value[0] {
		return strings.ReplaceAll(value[1:n-1], `\"`, `"`)
	}
	return value
}

// words splits a unit's value at blanks, except within quotes.
func words(value string) []string {
	var all []string
	var word strings.Builder
	var quote rune
	started := false
	for _, r := range value {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '"' || r == '\'':
			quote, started = r, true
		case r == ' ' || r == '\t':
			if started {
				all = append(all, word.String())
			}
			word.Reset()
			started = false
		default:
			word.WriteRune(r)
			started = true
		}
	}
	if started {
		all = append(all, word.String())
	}
	return all
}
