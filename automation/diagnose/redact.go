package diagnose

import "regexp"

const hidden = "[hidden]"

// secrets are forms that must not leave a log. A replacement keeps the name of
// what was there, so that the line still says which setting it was.
var secrets = []struct {
	form *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`\b(AKIA|ASIA|AIDA|AROA)[A-Z0-9]{16}\b`), hidden},
	{regexp.MustCompile(`(?i)\b([a-z0-9_.-]*(?:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential|dsn)[a-z0-9_.-]*["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;&}]+)`), "${1}" + hidden},
	{regexp.MustCompile(`(?i)\b((?:bearer|basic)\s+)[a-z0-9._~+/=-]{8,}`), "${1}" + hidden},
	{regexp.MustCompile(`\b([a-z][a-z0-9+.-]*://[^\s:/@]*:)[^\s@/]+@`), "${1}" + hidden + "@"},
	{regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*`), hidden},
	{regexp.MustCompile(`\b(ghp|gho|ghs|github_pat|glpat|xox[abpr])[-_][A-Za-z0-9_-]{10,}`), hidden},
	{regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----.*`), hidden},
}

// Redact hides what looks like a secret: keys, tokens, passwords in settings and URLs.
func Redact(line string) string {
	for _, s := range secrets {
		line = s.form.ReplaceAllString(line, s.with)
	}
	return line
}

func redactAll(lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = Redact(line)
	}
	return out
}
