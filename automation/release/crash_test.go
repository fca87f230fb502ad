package release

import (
	"testing"

	"slipway/automation/cloud"
)

// One host that fails takes its tasks along: among many that is no crash loop.
func TestEnough(t *testing.T) {
	for desired, want := range map[int]int{0: 2, 1: 2, 2: 2, 10: 2, 50: 10, 200: 40} {
		if got := enough(desired); got != want {
			t.Errorf("of %d tasks %d are enough, want %d", desired, got, want)
		}
	}
}

func TestCrashLoop(t *testing.T) {
	tests := []struct {
		name    string
		stopped []cloud.Task
		want    string
	}{
		{"one", []cloud.Task{crash(8, 1)}, ""},
		{"two alike", []cloud.Task{crash(8, 1), crash(8, 2)}, "exit code 1"},
		{"of the version before", []cloud.Task{crash(7, 1), crash(7, 2)}, ""},
		{"of an earlier deployment of the same version", []cloud.Task{
			{TaskDefinition: arn(8), StartedBy: "ecs-svc/3", Status: "STOPPED", StopCode: "EssentialContainerExited"},
			{TaskDefinition: arn(8), StartedBy: "ecs-svc/3", Status: "STOPPED", StopCode: "EssentialContainerExited"},
		}, ""},
		{"two kinds", []cloud.Task{crash(8, 1), stopped(8, 2, 2, "EssentialContainerExited", "Essential container in task exited")}, ""},
		{"scaled in", []cloud.Task{
			stopped(8, 1, 143, "ServiceSchedulerInitiated", "Scaling activity initiated by deployment ecs-svc/8"),
			stopped(8, 2, 143, "ServiceSchedulerInitiated", "Scaling activity initiated by deployment ecs-svc/8"),
		}, ""},
		{"ids in the reason differ", []cloud.Task{
			{TaskDefinition: arn(8), StartedBy: "ecs-svc/8", Status: "STOPPED", StopCode: "TaskFailedToStart", StoppedReason: "CannotPullContainerError: request 11111111-2222"},
			{TaskDefinition: arn(8), StartedBy: "ecs-svc/8", Status: "STOPPED", StopCode: "TaskFailedToStart", StoppedReason: "CannotPullContainerError: request 33333333-4444"},
		}, "CannotPullContainerError: request 33333333-4444"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := crashLoop(tt.stopped, deployment(8, "PRIMARY", "IN_PROGRESS", 0)); got != tt.want {
				t.Errorf("crashLoop = %q, want %q", got, tt.want)
			}
		})
	}
}
