package diagnose

import (
	"fmt"
	"regexp"
	"strings"
)

// Finding is what a rule concludes from a report: the probable cause, what to do, and the lines that show it.
type Finding struct {
	Rule    string   `json:"rule"`
	Cause   string   `json:"cause"`
	Next    string   `json:"next"`
	Because []string `json:"because,omitempty"`
}

// rule concludes from the evidence alone. The first rule that concludes anything wins, so the sure ones come first.
type rule struct {
	name  string
	judge func(r *Report) (Finding, bool)
}

// The texts are those of ECS's agent and of Fargate (Amazon ECS developer guide, "Resolve Amazon ECS stopped task errors",
// "CannotPullContainer task errors", "Service event messages", November 2026), of Docker, and of Linux.
var rules = []rule{
	{"architecture", otherArchitecture},
	{"disk full", anywhere(`no space left on device|CannotCreateVolumeError.*space`,
		"the disk is full, of the host or of the task",
		"make room on the host (docker system prune), or write less than the task's ephemeral storage holds")},
	{"role missing", told(`unable to assume (the )?role|failed to assume role|role .* (is not valid|does not exist)|ECS was unable to assume`,
		"ECS may not use a role of the task: it does not exist, or its trust policy does not name ecs-tasks.amazonaws.com",
		"slipway up ENVIRONMENT makes the roles again; one deleted by hand: slipway preview ENVIRONMENT shows it")},
	{"image missing", told(`CannotPullContainerError.*(manifest unknown|not found|does not exist|NotFound|name unknown)`,
		"the image is not in the registry",
		"aws ecr describe-images --repository-name REPOSITORY --image-ids imageDigest=DIGEST")},
	{"pull denied", told(`CannotPullContainerError.*(denied|unauthorized|forbidden|no basic auth|403)`,
		"the tasks may not pull the image: the execution role lacks ECR rights",
		"check the execution role's ecr:BatchGetImage and ecr:GetAuthorizationToken")},
	{"no route", told(`(CannotPullContainerError|ResourceInitializationError).*(timeout|timed out|connection refused|no such host|deadline exceeded|network is unreachable|no route to host)`,
		"the tasks cannot reach the registry or AWS: their subnets have no route to it",
		"check the subnets' route to ECR, S3 and CloudWatch Logs (slipway:nat, public addresses or VPC endpoints) and slipway:egressPorts")},
	{"pull", told(`CannotPullContainerError`,
		"the tasks cannot pull the image",
		"aws ecr describe-images --repository-name REPOSITORY")},
	{"secret missing", told(`invalid( ssm)? parameters: |secrets manager: ResourceNotFoundException|did not contain json key `,
		"a secret that the task needs does not exist",
		"make the parameter or secret that slipway:secrets names, in the region of the environment")},
	{"secret denied", told(`(fetching secret data|secrets? from (ssm|asm)).*(AccessDenied|not authorized|Access to KMS)`,
		"the execution role may not read a secret of the task",
		"slipway up ENVIRONMENT lets it read what slipway:secrets names; a key of your own must leave that to IAM in its policy")},
	{"initialization", told(`ResourceInitializationError`,
		"ECS could not prepare the task: a secret, the log group or the network is not reachable",
		"check the execution role's rights and that the secrets and the log group exist")},
	{"cannot start", anywhere(`CannotStartContainerError|CannotCreateContainerError|executable file not found|no such file or directory: unknown`,
		"the container cannot be started: its command is missing or not executable",
		"check ENTRYPOINT and CMD in the Dockerfile, and slipway:command")},
	{"out of memory", outOfMemory},
	{"no host", told(`no container instances were found|no active container instances`,
		"the cluster has no host to place a task on",
		"slipway preview ENVIRONMENT; then look at the instances of its Auto Scaling group: aws ecs list-container-instances --cluster CLUSTER")},
	{"no capacity", told(`unable to place a task|no container instance met all of its requirements|RESOURCE:(MEMORY|CPU|PORTS|ENI)|insufficient (memory|cpu)|Capacity is unavailable`,
		"no host has room for another task",
		"raise slipway:maxInstances or slipway:instanceType, or lower slipway:memory and slipway:cpu, then slipway up ENVIRONMENT")},
	{"port in use", anywhere(`address already in use`,
		"the app cannot listen: its port is taken inside the container",
		"start one listener on slipway:containerPort only")},
	{"ignores SIGTERM", ignoresStop},
	{"killed", killed},
	{"crash loop", crashed},
	{"container health check", told(`failed container health checks`,
		"the container's own health check does not pass",
		"run the HEALTHCHECK command in the container: slipway exec ENVIRONMENT")},
	{"health check", answersWrongly},
	{"listens elsewhere", listensElsewhere},
	{"slow start", slowStart},
	{"not listening", told(`connection refused`,
		"nothing listens on the port that the load balancer checks",
		"make the app listen on 0.0.0.0 and slipway:containerPort")},
	{"health timeout", told(`timed out|Target\.Timeout|timeout`,
		"the app does not answer the health check in time",
		"make slipway:healthPath answer quickly, or check that the app listens on 0.0.0.0 and slipway:containerPort")},
	{"health check failed", told(`failed (ELB|EC2|target group|load balancer)? ?health checks|Target\.FailedHealthChecks|is unhealthy`,
		"the load balancer's health check does not pass: it cannot connect, or what answers is not HTTP",
		"make the app listen on 0.0.0.0 and slipway:containerPort, and open slipway:healthPath in the container")},
}

// conclude fills the finding from the first rule that has one.
func (r *Report) conclude() {
	for _, rule := range rules {
		if found, ok := rule.judge(r); ok {
			r.Finding = Finding{Rule: rule.name, Cause: found.Cause, Next: r.complete(found.Next), Because: found.Because}
			r.Clear = true
			return
		}
	}
	r.Finding = Finding{Cause: "not clear from what AWS told", Next: r.complete("aws ecs describe-services --cluster CLUSTER --services SERVICE")}
}

// complete puts the names of this rollout into a command.
func (r *Report) complete(next string) string {
	repository, digest, _ := strings.Cut(r.Image, "@")
	_, name, _ := strings.Cut(repository, "/")
	for _, known := range []struct{ word, value string }{
		{"ENVIRONMENT", r.Environment}, {"CLUSTER", r.Cluster}, {"SERVICE", r.Service}, {"IMAGE", r.Image}, {"REPOSITORY", name}, {"DIGEST", digest},
	} {
		if known.value != "" {
			next = regexp.MustCompile(`\b`+known.word+`\b`).ReplaceAllLiteralString(next, known.value)
		}
	}
	return next
}

// told matches what ECS and the load balancer say, not the app's log: an app that logs "connection refused" speaks of
// something else.
func told(pattern, cause, next string) func(*Report) (Finding, bool) {
	expression := regexp.MustCompile(`(?i)` + pattern)
	return func(r *Report) (Finding, bool) {
		line, ok := first(expression, r.told())
		return Finding{Cause: cause, Next: next, Because: []string{line}}, ok
	}
}

// anywhere matches the log as well.
func anywhere(pattern, cause, next string) func(*Report) (Finding, bool) {
	expression := regexp.MustCompile(`(?i)` + pattern)
	return func(r *Report) (Finding, bool) {
		line, ok := first(expression, append(r.told(), r.logged()...))
		return Finding{Cause: cause, Next: next, Because: []string{line}}, ok
	}
}

func first(expression *regexp.Regexp, lines []string) (string, bool) {
	for _, line := range lines {
		if expression.MatchString(line) {
			return line, true
		}
	}
	return "", false
}

var otherProgram = regexp.MustCompile(`(?i)exec format error|does not match the specified platform|no matching manifest for|image operating system|no match for platform`)

func otherArchitecture(r *Report) (Finding, bool) {
	line, ok := first(otherProgram, append(r.told(), r.logged()...))
	found := Finding{
		Cause:   "the image is built for another CPU architecture than the tasks run on",
		Next:    "set slipway:architecture to what the hosts have and build for it, then deploy a new commit",
		Because: []string{line},
	}
	if r.Platform != "" {
		found.Because = append(found.Because, r.Platform)
	}
	return found, ok
}

func outOfMemory(r *Report) (Finding, bool) {
	for _, s := range r.Stopped {
		if strings.Contains(s.Reason+s.ContainerReason, "OutOfMemory") {
			return Finding{
				Cause:   "the container was killed because it used more memory than it may",
				Next:    "raise slipway:memory, then slipway up ENVIRONMENT",
				Because: s.lines(),
			}, true
		}
	}
	return Finding{}, false
}

// killedCode is 128 + SIGKILL.
const killedCode = 137

// ignoresStop finds a task that ECS stopped and that had to be killed: an app that heeds SIGTERM exits with a code of its own.
func ignoresStop(r *Report) (Finding, bool) {
	for _, s := range r.Stopped {
		if s.ExitCode != nil && *s.ExitCode == killedCode && s.StopCode != "" && s.StopCode != "EssentialContainerExited" && s.StopCode != "TaskFailedToStart" &&
			!unhealthyTask.MatchString(s.Reason) {
			return Finding{
				Cause:   "the app does not end on SIGTERM: ECS killed it after slipway:stopTimeout, with the requests that it had",
				Next:    "end on SIGTERM (a shell as PID 1 passes none on: use exec in the entry point, or slipway:initProcess), then deploy a new commit",
				Because: s.lines(),
			}, true
		}
	}
	return Finding{}, false
}

func killed(r *Report) (Finding, bool) {
	for _, s := range r.Stopped {
		if s.ExitCode != nil && *s.ExitCode == killedCode && s.StopCode == "EssentialContainerExited" {
			return Finding{
				Cause:   "something killed the app with SIGKILL (exit code 137), and ECS does not say that it was for memory",
				Next:    "look for a process in the container that the kernel killed for memory, and for who stops containers on the host: journalctl -k on it",
				Because: s.lines(),
			}, true
		}
	}
	return Finding{}, false
}

func crashed(r *Report) (Finding, bool) {
	for _, s := range r.Stopped {
		if s.ExitCode == nil || s.StopCode != "" && s.StopCode != "EssentialContainerExited" {
			continue
		}
		next := "run the image on your machine: docker run --rm IMAGE"
		if len(r.logged()) > 0 {
			next = "mend what the log's last lines say, then deploy a new commit"
		}
		return Finding{
			Cause: fmt.Sprintf("the container exits soon after its start with code %d%s", *s.ExitCode, meaning(*s.ExitCode)), Next: next, Because: s.lines(),
		}, true
	}
	return Finding{}, false
}

// meaning says what a shell or the kernel means by an exit code.
func meaning(code int) string {
	switch code {
	case 0:
		return " (it ended by itself; a service must keep running)"
	case 126:
		return " (its command is not executable)"
	case 127:
		return " (its command was not found)"
	case 139:
		return " (segmentation fault)"
	case 143:
		return " (it was asked to stop)"
	}
	return ""
}

// told is all that ECS and the load balancer said, one thing a line.
func (r *Report) told() []string {
	var lines []string
	if r.Rollout != "" {
		lines = append(lines, r.Rollout)
	}
	for _, s := range r.Stopped {
		lines = append(lines, s.line())
	}
	for _, t := range r.Targets {
		if t.State != "healthy" && t.State != "draining" {
			lines = append(lines, targetLine(t))
		}
	}
	for _, e := range r.Events {
		lines = append(lines, e.Message)
	}
	return lines
}

func (r *Report) logged() []string {
	var lines []string
	for _, log := range r.Logs {
		lines = append(lines, log.Lines...)
	}
	return lines
}
