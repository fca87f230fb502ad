package diagnose

import (
	"fmt"
	"regexp"
	"strings"
)

// rule turns evidence into a cause. Where matches, it answers the cause and what
// to do next; the first rule that matches wins, so the sure ones stand first.
type rule struct {
	name  string
	match func(r *Report) (cause, next string, ok bool)
}

var rules = []rule{
	{"architecture", said(`exec format error|does not match the specified platform|no matching manifest for`,
		"the image is built for another CPU architecture than the tasks run on",
		"set slipway:architecture to what the hosts have, then deploy a new commit")},
	{"image gone", said(`CannotPullContainerError.*(manifest unknown|not found|does not exist|NotFound)`,
		"the image is not in the registry",
		"aws ecr describe-images --repository-name REPOSITORY --image-ids imageDigest=DIGEST")},
	{"pull denied", said(`CannotPullContainerError.*(denied|unauthorized|forbidden|no basic auth|403)`,
		"the tasks may not pull the image: the execution role lacks ECR rights",
		"check the execution role's ecr:BatchGetImage and ecr:GetAuthorizationToken")},
	{"pull unreachable", said(`CannotPullContainerError.*(timeout|i/o timeout|connection refused|no such host|deadline exceeded)`,
		"the tasks cannot reach the registry",
		"check the subnets' route to ECR (NAT, public addresses or VPC endpoints)")},
	{"pull", said(`CannotPullContainerError`,
		"the tasks cannot pull the image",
		"aws ecr describe-images --repository-name REPOSITORY")},
	{"secret missing", said(`(invalid( ssm)? parameters: |secrets manager: ResourceNotFoundException|did not contain json key )`,
		"a secret that the task needs does not exist",
		"make the parameter or secret that slipway:secrets names, in the region of the environment")},
	{"secret denied", said(`(?i)(fetching secret data|secrets? from (ssm|asm)).*(AccessDenied|not authorized|Access to KMS)`,
		"the execution role may not read a secret of the task",
		"slipway up lets it read what slipway:secrets names; a key of your own must leave that to IAM in its policy")},
	{"initialization", said(`ResourceInitializationError`,
		"ECS could not prepare the task: a secret, the log group or the network is not reachable",
		"check the execution role's rights and that the secrets and the log group exist")},
	{"cannot start", said(`CannotStartContainerError|CannotCreateContainerError|executable file not found|no such file or directory: unknown`,
		"the container cannot be started: its command is missing or not executable",
		"check ENTRYPOINT and CMD in the Dockerfile")},
	{"memory", outOfMemory},
	{"no room", said(`unable to place a task|no container instance met all of its requirements|RESOURCE:(MEMORY|CPU)|insufficient (memory|cpu)`,
		"no host has room for another task",
		"raise slipway:maxInstances or lower slipway:memory, then slipway up")},
	{"port in use", said(`address already in use`,
		"the app cannot listen: its port is taken inside the container",
		"start one listener on slipway:containerPort only")},
	{"crash", crashed},
	{"container health check", said(`failed container health checks`,
		"the container's own health check does not pass",
		"run the HEALTHCHECK command in the container")},
	{"health code", healthCode},
	{"not listening", unreachable(`connection refused|Target\.FailedHealthChecks.*refused`,
		"nothing listens on the port that the load balancer checks",
		"make the app listen on 0.0.0.0 and slipway:containerPort")},
	{"health timeout", unreachable(`timed out|Target\.Timeout|timeout`,
		"the app does not answer the health check in time",
		"make slipway:healthPath answer quickly, or check that the app listens on 0.0.0.0 and slipway:containerPort")},
	{"health check", unreachable(`failed (ELB|EC2|target group|load balancer)? ?health checks|Target\.FailedHealthChecks|is unhealthy`,
		"the load balancer's health check does not pass",
		"open slipway:healthPath in the container and see what it answers")},
}

// conclude fills Cause and Next from the first rule that matches.
func (r *Report) conclude() {
	for _, rule := range rules {
		if cause, next, ok := rule.match(r); ok {
			r.Cause, r.Next, r.Clear = cause, r.complete(next), true
			return
		}
	}
	r.Cause = "not clear from what AWS told"
	r.Next = r.complete("aws ecs describe-services --cluster CLUSTER --services SERVICE")
}

// complete puts the names of this rollout into a command.
func (r *Report) complete(next string) string {
	repository, digest, _ := strings.Cut(r.Image, "@")
	_, name, _ := strings.Cut(repository, "/")
	for _, known := range []struct{ word, value string }{
		{"CLUSTER", r.Cluster}, {"SERVICE", r.Service}, {"IMAGE", r.Image}, {"REPOSITORY", name}, {"DIGEST", digest},
	} {
		if known.value != "" {
			next = regexp.MustCompile(`\b`+known.word+`\b`).ReplaceAllLiteralString(next, known.value)
		}
	}
	return next
}

// said matches any text of the evidence, the log included.
func said(pattern, cause, next string) func(*Report) (string, string, bool) {
	expression := regexp.MustCompile(`(?i)` + pattern)
	return func(r *Report) (string, string, bool) {
		return cause, next, expression.MatchString(r.text()) || expression.MatchString(strings.Join(r.Log, "\n"))
	}
}

// unreachable matches what ECS and the load balancer say, not the app's log: an
// app that logs "connection refused" speaks of something else.
func unreachable(pattern, cause, next string) func(*Report) (string, string, bool) {
	expression := regexp.MustCompile(`(?i)` + pattern)
	return func(r *Report) (string, string, bool) { return cause, next, expression.MatchString(r.text()) }
}

func outOfMemory(r *Report) (string, string, bool) {
	next := "raise slipway:memory, then slipway up"
	for _, s := range r.Stopped {
		if strings.Contains(s.Reason+s.ContainerReason, "OutOfMemory") {
			return "the container was killed because it used more memory than it may", next, true
		}
		if s.ExitCode != nil && *s.ExitCode == 137 && s.StopCode == "EssentialContainerExited" {
			return "the container was killed (exit code 137): most likely out of memory", next, true
		}
	}
	return "", "", false
}

func crashed(r *Report) (string, string, bool) {
	for _, s := range r.Stopped {
		if s.ExitCode == nil || s.StopCode != "" && s.StopCode != "EssentialContainerExited" {
			continue
		}
		next := "run the image on your machine: docker run --rm IMAGE"
		if len(r.Log) > 0 {
			next = "mend what the log's last lines say, then deploy a new commit"
		}
		return fmt.Sprintf("the container exits soon after its start with code %d%s", *s.ExitCode, meaning(*s.ExitCode)), next, true
	}
	return "", "", false
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

var codes = regexp.MustCompile(`(?i)health checks? failed with these codes: \[([0-9, ]+)\]|codes?: \[([0-9, ]+)\]`)

func healthCode(r *Report) (string, string, bool) {
	found := codes.FindStringSubmatch(r.text())
	if found == nil {
		return "", "", false
	}
	answered := strings.TrimSpace(found[1] + found[2])
	return "the health check is answered with " + answered + " instead of success",
		"make slipway:healthPath answer 200", true
}

// text is all that ECS and the load balancer said, one thing a line.
func (r *Report) text() string {
	parts := []string{r.Rollout}
	for _, s := range r.Stopped {
		parts = append(parts, s.line())
	}
	for _, t := range r.Targets {
		if t.State != "healthy" && t.State != "draining" {
			parts = append(parts, targetLine(t))
		}
	}
	for _, e := range r.Events {
		parts = append(parts, e.Message)
	}
	return strings.Join(parts, "\n")
}
