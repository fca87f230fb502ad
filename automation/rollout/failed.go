package rollout

import "errors"

// ErrSuperseded says that a newer deployment took over.
var ErrSuperseded = errors.New("a newer deployment took over")

// Failed is the error of a service that did not do what it was told to.
type Failed struct {
	Reason string
	Events []string // what ECS said meanwhile, oldest first
}

func (e *Failed) Error() string {
	if e.Reason == "" {
		return "ECS gave the rollout up"
	}
	return e.Reason
}
