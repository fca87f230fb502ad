package schedule

// What a circuit breaker's threshold is counted in (ECS API reference, ThresholdConfiguration, November 2026).
const (
	Count            = "COUNT"
	BoundedPercent   = "BOUNDED_PERCENT"
	UnboundedPercent = "UNBOUNDED_PERCENT"
)

// Thresholds are all of them.
var Thresholds = []string{Count, BoundedPercent, UnboundedPercent}

// Bounds of BOUNDED_PERCENT, from "How the Amazon ECS deployment circuit breaker detects failures".
const (
	leastFailures = 3
	mostFailures  = 200
)

// Threshold returns the number of failed tasks at which the circuit breaker ends a deployment: a count, or a percentage of
// the desired tasks, rounded up, which BOUNDED_PERCENT keeps between 3 and 200.
func Threshold(kind string, value, desired int) int {
	switch part := (desired*value + 99) / 100; kind {
	case Count:
		return value
	case UnboundedPercent:
		return max(part, 1)
	default:
		return min(max(part, leastFailures), mostFailures)
	}
}
