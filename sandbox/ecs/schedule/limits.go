// Package schedule is the arithmetic of the ECS service scheduler: how many tasks to start and which to stop,
// when a deployment has failed, and how long to wait before another attempt. It holds no state.
package schedule

// Limits returns how many tasks of a service have to stay healthy during a deployment and how many may be alive.
// As in ECS the lower bound is rounded up and the upper bound is rounded down to whole tasks.
func Limits(desired, minimumPercent, maximumPercent int) (healthy, alive int) {
	return (desired*minimumPercent + 99) / 100, desired * maximumPercent / 100
}
