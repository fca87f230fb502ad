package elbv2

import (
	"fmt"
	"time"
)

// The states of a target.
const (
	Initial   = "initial"
	Healthy   = "healthy"
	Unhealthy = "unhealthy"
	Draining  = "draining"
	Unused    = "unused"
)

// The reasons for a state, as DescribeTargetHealth gives them.
const (
	registrationInProgress   = "Elb.RegistrationInProgress"
	initialHealthChecking    = "Elb.InitialHealthChecking"
	responseCodeMismatch     = "Target.ResponseCodeMismatch"
	timedOut                 = "Target.Timeout"
	failedHealthChecks       = "Target.FailedHealthChecks"
	deregistrationInProgress = "Target.DeregistrationInProgress"
	notRegistered            = "Target.NotRegistered"
	notInUse                 = "Target.NotInUse"
)

// descriptions belong to the reasons. ResponseCodeMismatch has the code in its own.
var descriptions = map[string]string{
	registrationInProgress:   "Target registration is in progress",
	initialHealthChecking:    "Initial health checks in progress",
	timedOut:                 "Request timed out",
	failedHealthChecks:       "Health checks failed",
	deregistrationInProgress: "Target deregistration is in progress",
	notRegistered:            "Target is not registered to the target group",
	notInUse:                 "Target group is not configured to receive traffic from the load balancer",
}

// result is the outcome of one check: a reason for a failure, empty for a success.
type result struct {
	reason string
	code   int // with responseCodeMismatch
}

func (r result) description() string {
	if r.reason == responseCodeMismatch {
		return fmt.Sprintf("Health checks failed with these codes: [%d]", r.code)
	}
	return descriptions[r.reason]
}

// health is what the checks of one target have shown so far.
type health struct {
	state       string
	reason      string
	description string
	good, bad   int       // successive results
	due         time.Time // when a failure of an initial target counts next
}

func (h *health) become(state, reason string) {
	*h = health{state: state, reason: reason, description: descriptions[reason]}
}

// begin starts the initial checks of a target.
func (h *health) begin(now time.Time, interval time.Duration) {
	h.become(Initial, registrationInProgress)
	h.due = now.Add(interval)
}

// observe takes the result of a check into account. One success makes an initial target healthy, an unhealthy
// one needs the healthy threshold. Initial targets are checked more often than the interval says, to find a
// started container soon; their failures count once an interval, so that they have as long to start as on AWS.
func (h *health) observe(r result, check healthCheck, now time.Time, interval time.Duration) {
	if r.reason == "" {
		h.succeed(check)
		return
	}
	h.good = 0
	switch h.state {
	case Initial:
		h.reason, h.description = initialHealthChecking, descriptions[initialHealthChecking]
		if now.Before(h.due) {
			return
		}
		h.due = now.Add(interval)
	case Unhealthy:
		h.reason, h.description = r.reason, r.description()
		return
	}
	h.bad++
	if h.bad >= check.UnhealthyThreshold {
		*h = health{state: Unhealthy, reason: r.reason, description: r.description()}
	}
}

func (h *health) succeed(check healthCheck) {
	h.bad = 0
	if h.state == Unhealthy {
		h.good++
		if h.good < check.HealthyThreshold {
			return
		}
	}
	h.become(Healthy, "")
}
