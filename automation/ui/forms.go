package ui

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
)

// forms are the ways in which a secret gets into a text: as it is, each line of it, and as JSON, Go, a shell or a URL
// write it between quotes, or in base64. Those that are too short to be looked for are left out.
func forms(secret string) []string {
	all := written(secret)
	if lines := strings.FieldsFunc(secret, func(r rune) bool { return r == '\n' || r == '\r' }); len(lines) > 1 {
		for _, line := range lines {
			all = append(all, written(strings.TrimSpace(line))...)
		}
	}
	var found []string
	for _, form := range all {
		if len(form) >= shortest {
			found = append(found, form)
		}
	}
	return found
}

func written(text string) []string {
	all := []string{
		text, inside(strconv.Quote(text)), inside(strconv.QuoteToASCII(text)), inside(quotedJSON(text, true)), inside(quotedJSON(text, false)),
		strings.ReplaceAll(text, "'", `'\''`), url.QueryEscape(text), url.PathEscape(text),
		base64.StdEncoding.EncodeToString([]byte(text)), base64.URLEncoding.EncodeToString([]byte(text)),
	}
	if shown := Printable(text); shown != text {
		all = append(all, shown)
	}
	if len(text) < shortest {
		return all[:1] // its other forms may be long enough, and are no secret either
	}
	return all
}

func inside(quoted string) string { return quoted[1 : len(quoted)-1] }

func quotedJSON(text string, html bool) string {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(html)
	_ = encoder.Encode(text) // a text always encodes
	return strings.TrimSuffix(out.String(), "\n")
}
