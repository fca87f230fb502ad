package cli

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/jonboulle/clockwork"

	"slipway/automation/engine"
	"slipway/automation/host"
	"slipway/automation/ui"
	"slipway/infra/outputs"
)

// Types of what is followed in the events of an update.
const (
	instanceType = "aws:ec2/instance:Instance"
	bucketType   = "aws:s3/bucketV2:BucketV2"
)

// hostWatch follows the Jenkins host of a delivery stack through an update: it is the update's sink and learns from
// the events when a host is made, so that the steps of its boot are shown while the engine still waits.
type hostWatch struct {
	ui.Sink
	d     *Deployer
	stack string
	clock clockwork.Clock

	mu    sync.Mutex
	now   host.Host // the newest host that is known
	begun time.Time // when it was made in this update; zero when it was there before
	usual time.Duration
	look  host.Look // at the host that was there before
	waits chan error
	stop  context.CancelFunc
	ctx   context.Context
}

func (d *Deployer) watchHost(stack string) *hostWatch {
	return &hostWatch{Sink: d.Sink, d: d, stack: stack, clock: clockwork.NewRealClock()}
}

// before looks at the host that the stack has. One that failed to boot, or never became ready, is made anew by the
// update: its user data did not change, so Pulumi alone would keep it.
func (h *hostWatch) before(ctx context.Context, s *engine.Stack, all []engine.Resource) error {
	at, err := h.d.objects(ctx, h.stack)
	if err != nil {
		return err
	}
	h.ctx, h.now.Objects = ctx, at
	var instance engine.Resource
	for _, r := range all {
		switch {
		case r.Type == instanceType:
			instance = r
		case r.Type == bucketType && isArtifacts(r.URN):
			h.now.Bucket = r.ID
		}
	}
	if h.now.Instance = instance.ID; instance.ID == "" || h.now.Bucket == "" {
		return nil
	}
	if h.look, err = h.now.Look(ctx); err != nil {
		return err
	}
	if why := h.broken(instance.Created); why != "" {
		h.Sink.Event(ui.Warning{Text: "the Jenkins host " + instance.ID + " " + why + ": it is made anew"})
		s.Renew(instance.URN)
	}
	return nil
}

func isArtifacts(urn string) bool { return strings.HasSuffix(ui.NameOf(urn), "-artifacts") }

// broken says why a host has to be made anew; nothing for one that is ready or may still become so.
func (h *hostWatch) broken(created time.Time) string {
	switch age := h.clock.Since(created); {
	case h.look.State == host.Failed:
		return "failed to boot (" + h.look.Why + ")"
	case h.look.State != host.Ready && age > host.Deadline:
		return fmt.Sprintf("was made %s ago and never became ready", age.Round(time.Minute))
	}
	return ""
}

// Event passes an event on and begins to follow a host as soon as it is made.
func (h *hostWatch) Event(e ui.Event) {
	h.Sink.Event(e)
	made, is := e.(ui.ResourceEnded)
	if !is || made.ID == "" || !strings.HasPrefix(made.Op, "create") {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case made.Type == bucketType && isArtifacts(made.URN):
		h.now.Bucket = made.ID
	case made.Type == instanceType && h.ctx != nil:
		if h.look.State == host.Ready {
			h.usual = h.now.BootTime(h.ctx)
		}
		h.now.Instance, h.begun = made.ID, h.clock.Now()
		h.follow()
	}
}

// follow waits for the newest host beside the update.
func (h *hostWatch) follow() {
	ctx, stop := context.WithCancel(h.ctx)
	h.waits, h.stop = make(chan error, 1), stop
	wait, now := h.wait(h.begun), h.now
	go func(ended chan<- error) { ended <- wait.Until(ctx, now) }(h.waits)
}

func (h *hostWatch) wait(begun time.Time) *host.Wait {
	return &host.Wait{Stack: h.stack, Sink: h.Sink, Clock: h.clock, Begun: begun, Usual: h.usual, Deadline: h.deadline()}
}

// deadline is a boot's own, or --timeout where that is shorter.
func (h *hostWatch) deadline() time.Duration {
	if h.d.Timeout > 0 {
		return min(host.Deadline, h.d.Timeout)
	}
	return host.Deadline
}

// ready waits, after an update, until the stack's host says that it is ready. Nothing is asked when it said so before
// and is still the same.
func (h *hostWatch) ready(ctx context.Context, known map[string]any) error {
	bucket, _ := known[outputs.ArtifactBucket].(string)
	instance, _ := known[outputs.JenkinsInstance].(string)
	h.mu.Lock()
	same, waits := h.now.Instance == instance, h.waits
	h.mu.Unlock()
	switch {
	case instance == "" || same && waits == nil && h.look.State == host.Ready:
		return nil
	case same && waits != nil:
		return <-waits
	}
	now := host.Host{Bucket: bucket, Instance: instance, Objects: h.now.Objects}
	return h.wait(h.clock.Now()).Until(ctx, now)
}

// reason is why an update failed: the host's own words, when it is the host that failed.
func (h *hostWatch) reason(ctx context.Context, err error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.waits == nil {
		return err
	}
	h.stop()
	<-h.waits
	if look, looked := h.now.Look(ctx); looked == nil && look.State == host.Failed {
		return h.wait(h.begun).Failure(h.now, look)
	}
	return err
}

// objects is S3 where a stack is.
func (d *Deployer) objects(ctx context.Context, stack string) (*s3.Client, error) {
	settings, err := d.settings(ctx, stack)
	if err != nil {
		return nil, err
	}
	return s3.NewFromConfig(settings), nil
}
