package release

import (
	"fmt"
	"regexp"
	"strings"

	"slipway/automation/cloud"
)

// enough is how many equal crashes end a rollout: the first may be bad luck, the second is the image. Of many tasks it is a
// fifth: a host that fails takes those that it has along.
func enough(desired int) int { return max(2, desired/5) }

// crashLoop answers what enough stopped tasks of a deployment have in common, or "". Those of an earlier deployment of the
// same task definition do not count.
func crashLoop(stopped []cloud.Task, d cloud.Deployment) string {
	seen := map[string]int{}
	for _, t := range stopped {
		if t.TaskDefinition != d.TaskDefinition || t.StartedBy != d.ID || !crashed(t) {
			continue
		}
		key := likeness(t)
		if seen[key]++; seen[key] == enough(d.Desired) {
			return crashText(t)
		}
	}
	return ""
}

// crashed leaves out tasks that the scheduler or a person stopped for reasons of
// their own. A task that failed health checks is stopped by the scheduler too.
func crashed(t cloud.Task) bool {
	switch t.StopCode {
	case "ServiceSchedulerInitiated", "UserInitiated", "SpotInterruption", "TerminationNotice":
		return strings.Contains(strings.ToLower(t.StoppedReason), "health check")
	}
	return t.Status == "STOPPED"
}

// varying are the parts of a reason that differ between equal crashes: ids, ports, times.
var varying = regexp.MustCompile(`[0-9a-f]{8,}|[0-9]+`)

func likeness(t cloud.Task) string {
	parts := []string{t.StopCode, varying.ReplaceAllString(t.StoppedReason, "#")}
	for _, c := range t.Containers {
		code := "-"
		if c.ExitCode != nil {
			code = fmt.Sprint(*c.ExitCode)
		}
		parts = append(parts, c.Name, code, varying.ReplaceAllString(c.Reason, "#"))
	}
	return strings.Join(parts, "\x00")
}

func crashText(t cloud.Task) string {
	for _, c := range t.Containers {
		switch {
		case c.ExitCode != nil && c.Reason != "":
			return fmt.Sprintf("exit code %d, %s", *c.ExitCode, c.Reason)
		case c.ExitCode != nil && t.StopCode == "EssentialContainerExited":
			return fmt.Sprintf("exit code %d", *c.ExitCode)
		case c.Reason != "":
			return c.Reason
		}
	}
	return t.StoppedReason
}
