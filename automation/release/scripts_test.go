package release

import (
	"fmt"
	"time"

	"slipway/automation/cloud"
)

// The frames below are what DescribeServices, DescribeTasks and DescribeTargetHealth
// show in the course of a rollout, in ECS's words.

func deployment(revision int, status, state string, running int) cloud.Deployment {
	return cloud.Deployment{
		ID: fmt.Sprintf("ecs-svc/%d", revision), Status: status, TaskDefinition: arn(revision), RolloutState: state, Desired: 2, Running: running,
	}
}

func service(deployments ...cloud.Deployment) cloud.Service {
	return cloud.Service{Name: "app", Status: "ACTIVE", Desired: 2, Deployments: deployments}
}

func steady(revision int) cloud.Service {
	return service(deployment(revision, "PRIMARY", "COMPLETED", 2))
}

// tasks are two running tasks; their host ports follow from revision and number.
func tasks(revision int, image Image) []cloud.Task {
	var out []cloud.Task
	for n := range 2 {
		out = append(out, cloud.Task{
			ARN: fmt.Sprintf("arn:aws:ecs:us-east-1:000000000000:task/dev/%d-%d", revision, n), TaskDefinition: arn(revision),
			Status: "RUNNING", Desired: "RUNNING", Host: "i-1",
			Containers: []cloud.Container{{Name: "app", Image: image.Ref(), Digest: image.Digest, HostPorts: []int{revision*100 + n}}},
		})
	}
	return out
}

func targetsOf(revision int, state string) []cloud.Target {
	var out []cloud.Target
	for n := range 2 {
		t := cloud.Target{ID: "i-1", Port: revision*100 + n, State: state}
		if state == "unhealthy" {
			t.Reason, t.Description = "Target.ResponseCodeMismatch", "Health checks failed with these codes: [500]"
		}
		out = append(out, t)
	}
	return out
}

func stopped(revision, n, code int, stopCode, reason string) cloud.Task {
	return cloud.Task{
		ARN:            fmt.Sprintf("arn:aws:ecs:us-east-1:000000000000:task/dev/%d-stopped%d", revision, n),
		TaskDefinition: arn(revision), StartedBy: fmt.Sprintf("ecs-svc/%d", revision), Status: "STOPPED", Desired: "STOPPED", StopCode: stopCode, StoppedReason: reason,
		Containers: []cloud.Container{{Name: "app", ExitCode: &code}},
	}
}

func crash(revision, n int) cloud.Task {
	return stopped(revision, n, 1, "EssentialContainerExited", "Essential container in task exited")
}

// starting is the moment after an update: the new deployment has no task yet.
func starting(own, before int) frame {
	return frame{
		service: service(deployment(own, "PRIMARY", "IN_PROGRESS", 0), deployment(before, "ACTIVE", "COMPLETED", 2)),
		running: tasks(before, oldImage), targets: targetsOf(before, "healthy"), serves: oldImage,
	}
}

func succeeds(own, before int, image Image) []frame {
	begin := starting(own, before)
	up := begin
	up.at, up.service = 2*time.Second, service(deployment(own, "PRIMARY", "IN_PROGRESS", 2), deployment(before, "ACTIVE", "COMPLETED", 2))
	up.service.Events = []cloud.Event{{ID: "e1", Message: "(service app) has started 2 tasks"}}
	up.running = append(tasks(before, oldImage), tasks(own, image)...)
	up.targets = append(targetsOf(before, "healthy"), targetsOf(own, "initial")...)
	live := up
	live.at, live.targets = 5*time.Second, append(targetsOf(before, "healthy"), targetsOf(own, "healthy")...)
	over := frame{
		at: 8 * time.Second, service: steady(own), running: tasks(own, image),
		targets: append(targetsOf(before, "draining"), targetsOf(own, "healthy")...), serves: image,
	}
	return []frame{begin, up, live, over}
}

// crashes has one task stop after the other in the same way.
func crashes(own, before int, _ Image) []frame {
	begin := starting(own, before)
	once, twice := begin, begin
	once.at, once.stopped = 3*time.Second, []cloud.Task{crash(own, 1)}
	twice.at, twice.stopped = 6*time.Second, []cloud.Task{crash(own, 2), crash(own, 1)}
	return []frame{begin, once, twice}
}

// breaker is ECS taking the rollout back: the old task definition is PRIMARY again.
func breaker(own, before int, _ Image) []frame {
	begin := starting(own, before)
	failed := deployment(own, "ACTIVE", "FAILED", 0)
	failed.RolloutReason = "ECS deployment circuit breaker: tasks failed to start."
	back := begin
	back.at, back.service = 20*time.Second, service(deployment(before, "PRIMARY", "COMPLETED", 2), failed)
	return []frame{begin, back}
}

func pending(own, before int, _ Image) []frame { return []frame{starting(own, before)} }

// unhealthy starts tasks that the load balancer's health check refuses one after the other.
func unhealthy(own, before int, image Image) []frame {
	begin := starting(own, before)
	refused := succeeds(own, before, image)[1]
	refused.targets = append(targetsOf(before, "healthy"), targetsOf(own, "unhealthy")...)
	again := refused
	again.at = 40 * time.Second
	reason := "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/dev/%d)"
	again.stopped = []cloud.Task{
		stopped(own, 1, 137, "ServiceSchedulerInitiated", fmt.Sprintf(reason, 11111111)),
		stopped(own, 2, 137, "ServiceSchedulerInitiated", fmt.Sprintf(reason, 22222222)),
	}
	return []frame{begin, refused, again}
}

// overtaken has another update's task definition become PRIMARY.
func overtaken(own, before int, _ Image) []frame {
	begin := starting(own, before)
	over := begin
	over.at, over.service = 3*time.Second, service(deployment(own+1, "PRIMARY", "IN_PROGRESS", 0), deployment(own, "ACTIVE", "IN_PROGRESS", 1))
	return []frame{begin, over}
}

// overtakenLater is live, but another update replaces it before it is proved.
func overtakenLater(own, before int, image Image) []frame {
	over := overtaken(own, before, image)[1]
	over.at, over.running = 6*time.Second, tasks(own+1, midImage)
	return append(succeeds(own, before, image)[:3], over)
}

// drains is live soon and takes three minutes more to stop the tasks of before.
func drains(own, before int, image Image) []frame {
	frames := succeeds(own, before, image)
	frames[3].at = 3 * time.Minute
	return frames
}
