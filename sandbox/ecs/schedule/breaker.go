package schedule

// Bounds of the circuit breaker's threshold, from "How the Amazon ECS deployment circuit breaker detects failures".
const (
	leastFailures = 3
	mostFailures  = 200
)

// Threshold returns the number of failed tasks at which the circuit breaker ends a deployment:
// half of the desired tasks, rounded up, but not under 3 and not over 200.
func Threshold(desired int) int {
	return min(max((desired+1)/2, leastFailures), mostFailures)
}
