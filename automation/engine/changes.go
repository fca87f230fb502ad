package engine

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"slipway/automation/ui"
)

// Change is what an operation does, or would do, to one resource.
type Change struct {
	URN   string   `json:"urn"`
	Type  string   `json:"type"` // "aws:ecs/service:Service"
	Name  string   `json:"name"`
	Op    string   `json:"op"`              // create, update, replace, delete, import, refresh
	Diffs []string `json:"diffs,omitempty"` // paths of the properties that differ, sorted
}

// Changes are the resources that do not stay as they are, in the engine's order.
type Changes []Change

// Empty says that everything stays as it is.
func (c Changes) Empty() bool { return len(c) == 0 }

// Only says whether nothing but resources of the given types change.
func (c Changes) Only(types ...string) bool { return len(c.Except(types...)) == 0 }

// Except returns the changes of resources of any other type.
func (c Changes) Except(types ...string) Changes {
	var others Changes
	for _, change := range c {
		if !slices.Contains(types, change.Type) {
			others = append(others, change)
		}
	}
	return others
}

// String lists the changes, one on each line.
func (c Changes) String() string {
	var out strings.Builder
	for _, change := range c {
		fmt.Fprintf(&out, "%s %s %s", change.Op, change.Type, change.Name)
		if len(change.Diffs) > 0 {
			fmt.Fprintf(&out, " (%s)", strings.Join(change.Diffs, ", "))
		}
		out.WriteByte('\n')
	}
	return out.String()
}

// add takes in one step of the engine. The steps that make up a replacement become one change.
func (c Changes) add(step apitype.StepEventMetadata) Changes {
	op, counts := operation(step.Op)
	if !counts || step.Type == "pulumi:pulumi:Stack" || strings.HasPrefix(step.Type, "pulumi:providers:") {
		return c
	}
	for i := range c {
		if c[i].URN == step.URN {
			if op == "replace" {
				c[i].Op = op
			}
			c[i].Diffs = merge(c[i].Diffs, differences(step))
			return c
		}
	}
	return append(c, Change{
		URN: step.URN, Type: step.Type, Name: ui.NameOf(step.URN), Op: op, Diffs: merge(nil, differences(step)),
	})
}

// operation is the change that a step belongs to; false for steps that leave a resource as it is.
func operation(op apitype.OpType) (string, bool) {
	switch op {
	case apitype.OpCreate, apitype.OpUpdate, apitype.OpDelete, apitype.OpImport:
		return string(op), true
	case apitype.OpReplace, apitype.OpCreateReplacement, apitype.OpDeleteReplaced, apitype.OpImportReplacement:
		return "replace", true
	}
	return "", false
}

func differences(step apitype.StepEventMetadata) []string {
	if len(step.DetailedDiff) == 0 {
		return append(slices.Clone(step.Diffs), step.Keys...)
	}
	var paths []string
	for path := range step.DetailedDiff {
		paths = append(paths, path)
	}
	return paths
}

func merge(a, b []string) []string {
	all := append(slices.Clone(a), b...)
	sort.Strings(all)
	return slices.Compact(all)
}
