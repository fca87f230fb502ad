package declaration

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Namespaces that every execution has.
const (
	executionNamespace = "codepipeline"
	pipelineNamespace  = "variables"
)

var reference = regexp.MustCompile(`#\{([^{}]*)\}`)

// Values are the variables of an execution: by namespace, then by name.
type Values map[string]map[string]string

// NewValues returns the variables that an execution begins with.
func NewValues(executionID string, variables map[string]string) Values {
	return Values{executionNamespace: {"PipelineExecutionId": executionID}, pipelineNamespace: variables}
}

// Resolve returns a configuration with its "#{Namespace.Name}" replaced by their values.
// A reference without a value is an error that names it.
func (v Values) Resolve(configuration map[string]string) (map[string]string, error) {
	resolved := make(map[string]string, len(configuration))
	var missing []string
	for key, text := range configuration {
		resolved[key] = reference.ReplaceAllStringFunc(text, func(ref string) string {
			namespace, name, _ := strings.Cut(ref[2:len(ref)-1], ".")
			value, ok := v[namespace][name]
			if !ok {
				missing = append(missing, fmt.Sprintf("%s in %s", ref, key))
			}
			return value
		})
	}
	if missing != nil {
		slices.Sort(missing)
		return nil, fmt.Errorf("variables without a value: %s", strings.Join(missing, ", "))
	}
	return resolved, nil
}
