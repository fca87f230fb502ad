package console

import (
	"net/url"
	"regexp"
	"strings"
	"time"
)

// part is a piece of a text: a link when it has a URL.
type part struct{ Text, URL string }

var address = regexp.MustCompile(`https?://[^\s<>"'` + "`" + `]+`)

// parts cuts a text that somebody else wrote at its web addresses. Only http and https become links.
func parts(text string) []part {
	var all []part
	end := 0
	for _, at := range address.FindAllStringIndex(text, -1) {
		found := strings.TrimRight(text[at[0]:at[1]], ".,;:!?)]}")
		if webURL(found) == "" {
			continue
		}
		if at[0] > end {
			all = append(all, part{Text: text[end:at[0]]})
		}
		all = append(all, part{Text: found, URL: found})
		end = at[0] + len(found)
	}
	if end < len(text) {
		all = append(all, part{Text: text[end:]})
	}
	return all
}

// webURL is raw when it is a complete address of the web, otherwise empty.
func webURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return raw
}

// stamp is a time for people and for programs.
type stamp struct{ Text, Machine string }

// moment is nil for a time that is not known.
func moment(t time.Time) *stamp {
	if t.IsZero() {
		return nil
	}
	return &stamp{Text: t.UTC().Format("2 Jan 2006, 15:04:05 UTC"), Machine: t.UTC().Format(time.RFC3339)}
}

// lasted is the time between two moments as people read it, empty when one is not known.
func lasted(from, to time.Time) string {
	if from.IsZero() || to.IsZero() {
		return ""
	}
	d := max(0, to.Sub(from))
	if d < 10*time.Second {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

// short is a commit or an execution as people name it.
func short(id string) string {
	if n := strings.IndexByte(id, '-'); n > 0 {
		return id[:n]
	}
	return id[:min(8, len(id))]
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(line)
}
