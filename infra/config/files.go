package config

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// PolicyFile is a policy of the app's role that a file holds.
type PolicyFile struct {
	// Path is as slipway:taskPolicies has it.
	Path string
	// Text is the document, checked and without blanks.
	Text string
}

// ManagedPolicies are those of TaskPolicies that are ARNs.
func (c *Config) ManagedPolicies() []string {
	return slices.DeleteFunc(slices.Clone(c.TaskPolicies), func(p string) bool { return !strings.HasPrefix(p, "arn:") })
}

// ReadFiles reads and checks the files that the configuration names, relative to a folder: that of Pulumi.yaml.
// Its error is an *Error with every problem found.
func (c *Config) ReadFiles(folder string) error {
	problems := c.readPolicies(folder)
	problems = append(problems, c.readContainers(folder)...)
	if len(problems) > 0 {
		return &Error{Problems: problems}
	}
	return nil
}

func readFile(folder, path string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(path)))
	if err != nil {
		return nil, fmt.Errorf("a file that can be read: %w", err)
	}
	return text, nil
}

// mostInline is how many characters the policies within a role have at most, blanks aside (IAM user guide, "IAM and AWS
// STS quotas", read in November 2026).
const mostInline = 10240

func (c *Config) readPolicies(folder string) (problems []Problem) {
	total := 0
	for _, path := range c.TaskPolicies {
		if strings.HasPrefix(path, "arn:") {
			continue
		}
		text, err := readFile(folder, path)
		if err == nil {
			text, err = checkedPolicy(text)
		}
		if err != nil {
			problems = append(problems, Problem{Key: "taskPolicies", Value: path, Allowed: err.Error()})
			continue
		}
		total += len(text)
		c.PolicyFiles = append(c.PolicyFiles, PolicyFile{Path: path, Text: string(text)})
	}
	if total > mostInline {
		problems = append(problems, Problem{Key: "taskPolicies", Value: strings.Join(c.TaskPolicies, ","),
			Allowed: fmt.Sprintf("files with at most %d characters together, blanks aside, and not %d: make a managed policy of the rest, and name its ARN", mostInline, total)})
	}
	return problems
}

// statement has the elements that a policy of a role has (IAM user guide, "IAM JSON policy elements reference").
type statement struct {
	Sid                   string
	Effect                string
	Action, NotAction     texts
	Resource, NotResource texts
	Condition             map[string]map[string]any
}

// texts are one text or a list of them.
type texts []string

func (t *texts) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*t = texts{one}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(t))
}

var (
	actionPattern   = regexp.MustCompile(`\A(\*|[a-z0-9-]+:[A-Za-z0-9*?]+)\z`)
	resourcePattern = regexp.MustCompile(`\A(\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:.+)\z`)
)

// checkedPolicy is a policy document without blanks. The errors say what would be right.
func checkedPolicy(text []byte) ([]byte, error) {
	var document struct {
		Version   string
		ID        string `json:"Id"`
		Statement json.RawMessage
	}
	if err := strictly(text, &document); err != nil {
		return nil, fmt.Errorf("a policy document of IAM in JSON: %w", err)
	}
	if document.Version != "2012-10-17" {
		return nil, fmt.Errorf(`a policy document of IAM with "Version": "2012-10-17"`)
	}
	var all []statement
	if err := strictly(document.Statement, &all); err != nil {
		var one statement
		if strictly(document.Statement, &one) != nil {
			return nil, fmt.Errorf("a policy document of IAM with a list of statements: %w", err)
		}
		all = []statement{one}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("a policy document of IAM with one statement at least")
	}
	for i, s := range all {
		if err := s.check(); err != nil {
			return nil, fmt.Errorf("in statement %d, %w", i+1, err)
		}
	}
	return compact(text)
}

func (s statement) check() error {
	if s.Effect != "Allow" && s.Effect != "Deny" {
		return fmt.Errorf("an Effect that is Allow or Deny, and not %q", s.Effect)
	}
	if (len(s.Action) == 0) == (len(s.NotAction) == 0) {
		return fmt.Errorf("either Action or NotAction")
	}
	if (len(s.Resource) == 0) == (len(s.NotResource) == 0) {
		return fmt.Errorf("either Resource or NotResource")
	}
	for _, action := range slices.Concat(s.Action, s.NotAction) {
		if !actionPattern.MatchString(action) {
			return fmt.Errorf("an action such as s3:GetObject, and not %q", action)
		}
	}
	for _, resource := range slices.Concat(s.Resource, s.NotResource) {
		if !resourcePattern.MatchString(resource) {
			return fmt.Errorf(`an ARN or "*" as resource, and not %q`, resource)
		}
	}
	return nil
}
