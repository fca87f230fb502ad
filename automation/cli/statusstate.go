package cli

import (
	"fmt"
	"strings"
	"time"

	"slipway/automation/release/ledger"
)

// state is how an environment is, in one word.
type state string

const (
	stateAbsent      state = "absent"      // its stack has no service
	stateEmpty       state = "empty"       // nothing was released yet
	stateProgressing state = "progressing" // a release or a rollout is on its way
	stateLive        state = "live"        // what the ledger proved serves, as many tasks as wanted
	stateDegraded    state = "degraded"    // it serves, but not as it should
	stateFailed      state = "failed"      // nothing serves
	stateUnknown     state = "unknown"     // it cannot be read
)

// wrong says that somebody should look.
func (s state) wrong() bool { return s == stateDegraded || s == stateFailed || s == stateUnknown }

// assess fills what follows from the rest of a status: the state, since when and by whom, and in what the ledger, the stack
// and ECS differ.
func (s *standing) assess() {
	s.Drift = s.drift()
	s.State = s.stateNow()
	if s.Release != nil {
		s.Since, s.By = s.Release.Ended, s.Release.Author
		if s.By == "" {
			s.By = s.Release.By
		}
		return
	}
	for _, d := range s.Deployments {
		if d.Status == "PRIMARY" {
			s.Since = d.Created
		}
	}
}

func (s *standing) stateNow() state {
	switch {
	case s.Problem != "":
		return stateUnknown
	case !s.Exists:
		return stateAbsent
	case s.onItsWay():
		return stateProgressing
	case s.Image == "":
		return stateEmpty
	case s.Desired > 0 && (len(s.Running) == 0 || s.Healthy == 0):
		return stateFailed
	case len(s.Drift) == 0 && s.starting():
		return stateProgressing
	case len(s.Drift) > 0 || len(s.Running) < s.Desired || s.Healthy < s.Desired:
		return stateDegraded
	}
	return stateLive
}

// onItsWay says that a deployer is at work, or that ECS moves the service.
func (s *standing) onItsWay() bool {
	if s.newest != nil && s.newest.Outcome == ledger.InProgress {
		return true
	}
	for _, d := range s.Deployments {
		if d.Status == "PRIMARY" && d.RolloutState == "IN_PROGRESS" {
			return true
		}
	}
	return len(s.Deployments) > 1
}

// starting says that every task that is not healthy yet has only just been registered, as after a scale-out.
func (s *standing) starting() bool {
	initial := 0
	for _, t := range s.Targets {
		if t.State == "initial" {
			initial++
		}
	}
	return s.Healthy < s.Desired && s.Healthy+initial >= s.Desired
}

// drift is in what ECS, the stack and the ledger differ, a line each. While something is on its way they have to.
func (s *standing) drift() []string {
	if !s.Exists || s.Problem != "" || s.Image == "" || s.onItsWay() {
		return nil
	}
	var lines []string
	for _, d := range s.Deployments {
		if d.Status == "PRIMARY" && s.taskDefinition != "" && d.TaskDefinition != s.taskDefinition {
			lines = append(lines, fmt.Sprintf("ECS runs %s, and the stack says %s", lastPart(d.TaskDefinition), lastPart(s.taskDefinition)))
		}
	}
	others := 0
	for _, t := range s.Running {
		if t.Digest != s.Digest {
			others++
		}
	}
	if others > 0 {
		lines = append(lines, fmt.Sprintf("%d of %d tasks run another image than the stack's", others, len(s.Running)))
	}
	if s.Release == nil && s.newest != nil {
		lines = append(lines, fmt.Sprintf("the ledger has no proof of the stack's image; its newest release is %d, %s, of %s", s.newest.Number, s.newest.Outcome, short(s.newest.Commit)))
	}
	if s.Release == nil && s.newest == nil {
		lines = append(lines, "the ledger has no release, and the stack has an image")
	}
	if s.newest != nil && s.newest.Outcome == ledger.Failed && s.newest.TaskDefinition != "" {
		lines = append(lines, fmt.Sprintf("release %d failed, and nothing was put back", s.newest.Number))
	}
	return lines
}

func lastPart(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

// ago is how long ago something was, for people.
func ago(then, now time.Time) string {
	switch d := now.Sub(then); {
	case then.IsZero():
		return "-"
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	default:
		return fmt.Sprintf("%dd", int(d.Hours()/24))
	}
}
