package worker

import (
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
)

const hidden = "[hidden]"

// secretForms are what a log may hold that CodePipeline's console must not. The name of a setting stays.
var secretForms = []struct {
	form *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`\bA(KI|SI|ID|RO)A[A-Z0-9]{16}\b`), hidden},
	{regexp.MustCompile(`(?i)([\w.-]*(?:passw(?:or)?d|passphrase|secret|token|api_?key|access_?key|private_?key|credentials?)[\w.-]*["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s"',;&]+)`), "${1}" + hidden},
	{regexp.MustCompile(`(?i)\b(basic|bearer) [\w.~+/=-]{8,}`), "${1} " + hidden},
	{regexp.MustCompile(`(\w://[^\s:/@]*:)[^\s/@]+@`), "${1}" + hidden + "@"},
	{regexp.MustCompile(`\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*`), hidden},
	{regexp.MustCompile(`\b(gh[ops]|github_pat|glpat|xox[abpr])[-_][\w-]{10,}`), hidden},
	{regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----\S*`), hidden},
}

// redact hides the secrets that the worker knows, and what looks like one.
func (j *job) redact(text string) string {
	for _, secret := range j.secrets() {
		if len(secret) >= 8 {
			text = strings.ReplaceAll(text, secret, hidden)
		}
	}
	return redactForms(text)
}

// redactForms hides what looks like a secret.
func redactForms(text string) string {
	for _, s := range secretForms {
		text = s.form.ReplaceAllString(text, s.with)
	}
	return text
}

func (j *job) secrets() []string {
	known := []string{j.jenkins.Password()}
	if j.data != nil && j.data.ArtifactCredentials != nil {
		c := j.data.ArtifactCredentials
		known = append(known, aws.ToString(c.SecretAccessKey), aws.ToString(c.SessionToken))
	}
	return known
}
