package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strings"
	"text/tabwriter"

	"slipway/automation/engine"
)

// summary counts changes by what happens: "2 create, 1 replace".
func summary(changes engine.Changes) string {
	if changes.Empty() {
		return "nothing to change"
	}
	counts := map[string]int{}
	for _, change := range changes {
		counts[change.Op]++
	}
	var parts []string
	for _, op := range []string{"create", "import", "update", "replace", "delete"} {
		if counts[op] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[op], op))
		}
	}
	return strings.Join(parts, ", ")
}

func printChanges(w io.Writer, changes engine.Changes) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, change := range changes {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", change.Op, change.Type, change.Name, strings.Join(change.Diffs, " "))
	}
	_ = table.Flush()
	_, _ = fmt.Fprintln(w, summary(changes))
}

func printOutputs(w io.Writer, outputs map[string]any) {
	names := make([]string, 0, len(outputs))
	for name := range outputs {
		names = append(names, name)
	}
	sort.Strings(names)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, name := range names {
		_, _ = fmt.Fprintf(table, "%s\t%s\n", name, plain(outputs[name]))
	}
	_ = table.Flush()
}

// plain is a value as people read it: text as it is, everything else as JSON.
func plain(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}
