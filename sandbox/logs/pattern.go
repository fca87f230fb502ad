package logs

import (
	"strings"

	"slipway/sandbox/awsapi"
)

// pattern is a filter of plain terms: every one in all and none in not must be in a message,
// and one of any if there are some. Terms are matched as written, in upper and lower case.
type pattern struct{ all, any, not []string }

// parsePattern reads terms, "quoted phrases", ?optional ones and -excluded ones.
// Patterns for JSON, for columns and with regular expressions are refused.
func parsePattern(text string) (pattern, error) {
	var p pattern
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") || strings.Contains(text, "%") {
		return p, awsapi.Errorf("InvalidParameterException", "Invalid filter pattern: only terms are supported here, not %s", text)
	}
	for text != "" {
		list := &p.all
		switch text[0] {
		case '?':
			list, text = &p.any, text[1:]
		case '-':
			list, text = &p.not, text[1:]
		}
		term, rest, err := nextTerm(text)
		if err != nil {
			return p, err
		}
		*list = append(*list, term)
		text = strings.TrimLeft(rest, " \t")
	}
	return p, nil
}

func nextTerm(text string) (term, rest string, err error) {
	if !strings.HasPrefix(text, `"`) {
		if end := strings.IndexAny(text, " \t"); end >= 0 {
			return text[:end], text[end:], nil
		}
		return text, "", nil
	}
	term, rest, closed := strings.Cut(text[1:], `"`)
	if !closed {
		return "", "", awsapi.Errorf("InvalidParameterException", "Invalid filter pattern: a quote is not closed")
	}
	return term, rest, nil
}

func (p pattern) matches(message string) bool {
	in := func(term string) bool { return strings.Contains(message, term) }
	for _, term := range p.all {
		if !in(term) {
			return false
		}
	}
	for _, term := range p.not {
		if in(term) {
			return false
		}
	}
	for _, term := range p.any {
		if in(term) {
			return true
		}
	}
	return len(p.any) == 0
}
