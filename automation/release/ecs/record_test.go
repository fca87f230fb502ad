package ecs

import (
	"testing"

	"slipway/automation/cloud"
)

func TestRecord(t *testing.T) {
	r := Record{{TaskDefinition: "four", Status: "ROLLBACK_SUCCESSFUL"}, {TaskDefinition: "three", Status: "IN_PROGRESS"}, {TaskDefinition: "two", Status: "STOPPED"}, {TaskDefinition: "three", Status: "SUCCESSFUL"}}
	for definition, want := range map[string][2]string{"three": {"IN_PROGRESS", ""}, "two": {"STOPPED", "three"}, "one": {"", ""}} {
		if own, newer := r.Of(definition); own.Status != want[0] || newer != want[1] {
			t.Errorf("%s is %+v, taken over by %q", definition, own, newer)
		}
	}
}

func TestGivenUp(t *testing.T) {
	for status, want := range map[string]bool{"PENDING": false, "IN_PROGRESS": false, "SUCCESSFUL": false, "STOP_REQUESTED": true, "STOPPED": true,
		"ROLLBACK_REQUESTED": true, "ROLLBACK_IN_PROGRESS": true, "ROLLBACK_SUCCESSFUL": true, "ROLLBACK_FAILED": true} {
		if got := (cloud.ServiceDeployment{Status: status}).GivenUp(); got != want {
			t.Errorf("%s is given up: %v", status, got)
		}
	}
}
