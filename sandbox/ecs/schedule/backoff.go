package schedule

import "time"

// Bounds of the wait between attempts, before the sandbox's speed factor: ECS documents a growing delay
// of at most 27 minutes for tasks that fail again and again.
const (
	freeAttempts   = 3
	firstBackoff   = 10 * time.Second
	longestBackoff = 27 * time.Minute
)

// Backoff returns how long to wait before the next task after this many tasks in a row never became healthy.
// The first three are replaced at once.
func Backoff(failures int) time.Duration {
	if failures < freeAttempts {
		return 0
	}
	wait := firstBackoff
	for range failures - freeAttempts {
		if wait *= 2; wait >= longestBackoff {
			return longestBackoff
		}
	}
	return wait
}

// Throttled reports whether this many failures in a row are the first that make the scheduler wait.
func Throttled(failures int) bool { return failures == freeAttempts }
