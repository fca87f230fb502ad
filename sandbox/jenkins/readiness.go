package jenkins

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

const (
	readinessVariable = "SLIPWAY_READINESS" // in host.env: s3://bucket/prefix
	mostBootLines     = 40                  // of the log of the boot, in a report of its failure
	lastStep          = "ready"             // until Jenkins and the worker are ready
)

// progress is the step that a boot is at.
type progress struct {
	Step   string    `json:"step"`
	Number int       `json:"number"`
	Of     int       `json:"of"`
	At     time.Time `json:"at"`
}

// done is what a boot leaves that has worked.
type done struct {
	At      time.Time `json:"at"`
	Seconds int       `json:"seconds"`
}

// begin says in the bucket that a step begins. Number counts from 1.
func (h *host) begin(ctx context.Context, step string, number int) {
	h.bootLog = append(h.bootLog, "slipway: boot: "+step)
	h.reportAs(ctx, "progress", progress{step, number, len(boot) + 1, h.now()})
}

// failed says in the bucket why the boot ended: the step with its reason, and the last lines of the log.
func (h *host) failed(ctx context.Context, step string, reason error) {
	h.bootLog = append(h.bootLog, strings.Split(strings.TrimSpace(reason.Error()), "\n")...)
	lines := h.bootLog[max(0, len(h.bootLog)-mostBootLines):]
	first, _, _ := strings.Cut(reason.Error(), "\n")
	h.report(ctx, "failed", []byte(step+": "+first+"\n"+strings.Join(lines, "\n")+"\n"))
}

// settle waits until Jenkins and the worker are ready and says so in the bucket, or why they are not.
func (h *host) settle(ctx context.Context, began time.Time) {
	late := h.options.Clock.NewTimer(h.options.MaxBoot)
	defer late.Stop()
	ticker := h.options.Clock.NewTicker(readyPoll)
	defer ticker.Stop()
	for {
		_, err := h.Service.probe(ctx, h.ID)
		if err == nil {
			h.reportAs(ctx, "ok", done{h.now(), int(h.options.Clock.Since(began).Seconds())})
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-late.Chan():
			h.failed(ctx, lastStep, err)
			return
		case <-ticker.Chan():
		}
	}
}

func (h *host) now() time.Time { return h.options.Clock.Now().UTC().Truncate(time.Second) }

func (h *host) reportAs(ctx context.Context, name string, what any) {
	text, err := json.Marshal(what)
	if err != nil {
		h.options.Log.Error("writing the readiness of a Jenkins host", "instance", h.ID, "error", err)
		return
	}
	h.report(ctx, name, append(text, '\n'))
}

// report writes an object of the host where host.env says. A host that is told nothing of it writes none.
func (h *host) report(ctx context.Context, name string, content []byte) {
	location, told := strings.CutPrefix(h.needs[readinessVariable], "s3://")
	if !told {
		return
	}
	bucket, prefix, _ := strings.Cut(location, "/")
	key := strings.Trim(prefix, "/") + "/" + h.ID + "/" + name
	err := h.authorized(ctx)
	if err == nil {
		err = h.options.Objects.Put(ctx, bucket, strings.TrimPrefix(key, "/"), bytes.NewReader(content))
	}
	if err != nil && ctx.Err() == nil {
		h.options.Log.Error("writing the readiness of a Jenkins host", "instance", h.ID, "object", fmt.Sprintf("s3://%s/%s", bucket, key), "error", err)
	}
}
