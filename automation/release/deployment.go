package release

import (
	"strconv"
	"strings"

	"slipway/automation/cloud"
)

// standing is how a task definition stands to ours.
type standing int

const (
	ours standing = iota
	older
	newer
)

// compare orders two revisions of one family by number. Another family can only
// come from a later change of the stack.
func compare(other, own string) standing {
	if other == own {
		return ours
	}
	family, revision, ok := split(other)
	ownFamily, ownRevision, ownOK := split(own)
	if ok && ownOK && family == ownFamily && revision < ownRevision {
		return older
	}
	return newer
}

// split reads "…/family:7".
func split(arn string) (family string, revision int, ok bool) {
	cut := strings.LastIndex(arn, ":")
	if cut < 0 {
		return "", 0, false
	}
	revision, err := strconv.Atoi(arn[cut+1:])
	return arn[strings.LastIndex(arn, "/")+1 : cut], revision, err == nil
}

// revisionOf is the short name of a task definition: family:revision.
func revisionOf(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

// find answers the newest deployment of a task definition, PRIMARY first.
func find(s cloud.Service, taskDefinition string) (cloud.Deployment, bool) {
	if p := s.Primary(); p.TaskDefinition == taskDefinition {
		return p, p.ID != ""
	}
	var found cloud.Deployment
	for _, d := range s.Deployments {
		if d.TaskDefinition == taskDefinition && (found.ID == "" || d.Created.After(found.Created)) {
			found = d
		}
	}
	return found, found.ID != ""
}
