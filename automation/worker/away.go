package worker

import (
	"fmt"
	"time"
)

// away notes when Jenkins was not there while a build was watched: builds do not outlive its restart.
type away struct {
	since  time.Time     // of an absence that lasts
	longer time.Duration // of all absences that ended
}

func (a *away) note(now time.Time, err error) {
	switch {
	case err != nil && a.since.IsZero():
		a.since = now
	case err == nil && !a.since.IsZero():
		a.longer += now.Sub(a.since)
		a.since = time.Time{}
	}
}

func (a *away) was() bool { return a.longer > 0 }

// text is a clause that says so, empty when Jenkins was there all the time.
func (a *away) text() string {
	if !a.was() {
		return ""
	}
	return fmt.Sprintf(": Jenkins was away for %s while it ran, and a restart ends what runs in it", a.longer.Round(time.Second/10))
}
