package worker

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"slipway/automation/diagnose"
)

const hidden = "[hidden]"

// redact hides the secrets that the worker knows, and what looks like one.
func (j *job) redact(text string) string {
	for _, secret := range j.secrets() {
		if len(secret) >= 8 {
			text = strings.ReplaceAll(text, secret, hidden)
		}
	}
	return diagnose.Redact(text)
}

func (j *job) secrets() []string {
	known := []string{j.jenkins.Password()}
	if j.data != nil && j.data.ArtifactCredentials != nil {
		c := j.data.ArtifactCredentials
		known = append(known, aws.ToString(c.SecretAccessKey), aws.ToString(c.SessionToken))
	}
	return known
}
