package host

import (
	"context"
	"fmt"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/automation/fault"
	"slipway/automation/ui"
)

// Deadline is how long a first boot may take: it installs Docker, Jenkins and its plugins.
const Deadline = 20 * time.Minute

// Pauses between two looks, and how many looks in a row may fail.
const (
	shortPause = 250 * time.Millisecond
	longPause  = 5 * time.Second
	lost       = 5
)

// Wait follows the boots of one stack's hosts.
type Wait struct {
	Stack    string
	Sink     ui.Sink
	Clock    clockwork.Clock
	Begun    time.Time     // when the host was made, or the waiting began
	Usual    time.Duration // what the boot before took; 0 when it is not known
	Deadline time.Duration // after Begun

	told Step
}

// Until waits until the host is ready and reports each step of its boot. It fails with the host's own reason when it
// says that it failed, or when it is not ready by the deadline.
func (w *Wait) Until(ctx context.Context, h Host) error {
	wrong := 0
	for pause := shortPause; ; pause = min(pause*3/2, longPause) {
		look, err := h.Look(ctx)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			if wrong++; wrong == lost {
				return w.unseen(h, err)
			}
		default:
			wrong = 0
			if over, err := w.take(h, look); over {
				return err
			}
		}
		if w.Clock.Since(w.Begun) >= w.Deadline {
			return w.late(h, look)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-w.Clock.After(pause):
		}
	}
}

// take reports what is new and says whether the waiting is over.
func (w *Wait) take(h Host, look Look) (over bool, err error) {
	switch look.State {
	case Ready:
		w.Sink.Event(ui.Booted{Host: h.Instance, Spent: w.Clock.Since(w.Begun)})
		return true, nil
	case Failed:
		return true, w.Failure(h, look)
	case Boots:
		if look.Step != w.told {
			w.told = look.Step
			w.Sink.Event(ui.Booting{Host: h.Instance, Step: look.Step.Name, Number: look.Step.Number, Of: look.Step.Of,
				Spent: w.Clock.Since(w.Begun), Left: max(0, w.Usual-w.Clock.Since(w.Begun))})
		}
	}
	return false, nil
}

// Failure is the error of a host that says that it failed.
func (w *Wait) Failure(h Host, look Look) error {
	return &fault.Error{
		Op: "waiting for the Jenkins host " + h.Instance, Cause: look.Why, Evidence: look.Lines, Next: w.next(h), Code: fault.NotReady,
	}
}

func (w *Wait) late(h Host, look Look) error {
	cause := fmt.Sprintf("it is not ready after %s", w.Clock.Since(w.Begun).Round(time.Second))
	switch {
	case look.State == Boots:
		cause += fmt.Sprintf(": step %d of %d, %s, began %s ago", look.Step.Number, look.Step.Of, look.Step.Name,
			w.Clock.Since(look.Said).Round(time.Second))
	case look.State == Silent:
		cause += ": it has not begun to report its boot"
	}
	return &fault.Error{Op: "waiting for the Jenkins host " + h.Instance, Cause: cause, Next: w.next(h), Code: fault.NotReady}
}

func (w *Wait) unseen(h Host, err error) error {
	return &fault.Error{
		Op: "waiting for the Jenkins host " + h.Instance, Cause: err.Error(), Err: err, Code: fault.NotReady,
		Next: "give your role s3:ListBucket and s3:GetObject on readiness/* of bucket " + h.Bucket + ", and kms:Decrypt on its key",
	}
}

func (w *Wait) next(h Host) string {
	return "aws ssm start-session --target " + h.Instance + ", or its log group in CloudWatch, shows more;\n" +
		"slipway up " + w.Stack + " makes the host anew"
}
