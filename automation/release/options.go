package release

import (
	"context"
	"regexp"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/automation/fault"
	"slipway/automation/release/ledger"
	"slipway/automation/ui"
	"slipway/images"
)

// Options are what a release works with. Commit and either Image or Source
// must be given, and the stacks and clients; the rest has defaults.
type Options struct {
	Environment string          // the environment's stack name
	Commit      Commit          // what the image is, or was, built from
	Image       string          // repository@sha256:…: release this and build nothing
	Source      images.Identity // what the image is built from; not asked when Image is given
	From        string          // the environment that a promotion takes the image from; empty for a plain release
	Execution   string          // the pipeline execution that releases; empty when it is no pipeline
	BuildURL    string          // the page of the build that releases; empty when it is none
	Kind        ledger.Kind     // of the release; the default follows from From
	FromNumber  int             // the release of From that proved the image
	Reason      string          // a person's, for the ledger

	Before []Gate // asked once it is known that the update changes something, before it does
	After  []Gate // asked once the release is proved, before it is recorded

	Stack    Stack                      // the environment
	Delivery Outputs                    // the stack with the registry
	Images   Builder                    // the stack that builds images
	Explain  func(said []string) string // of a build that failed; nil and "" know nothing
	Cloud    Cloud
	Objects  ledger.Objects // S3 where delivery's bucket is
	Docker   Pinger
	HTTP     Doer // asks the app; default: a client that reaches the load balancer
	Sink     ui.Sink
	Clock    clockwork.Clock

	VersionPath  string // path of the app's version answer; empty: the proof asks at HealthPath instead
	HealthPath   string // path of the load balancer's health check; default /
	HealthStatus string // statuses that the check accepts, as a target group's matcher has them; default 200
	// Supersedes says whether a commit, whose release is in progress, is older than this release's, and is ended then; nil lets
	// others be.
	Supersedes          func(ctx context.Context, older, newer string) bool
	AllowInfrastructure bool          // update also what is neither task definition nor service
	Deadline            time.Duration // for the whole release; default 15 minutes
	RollbackDeadline    time.Duration // for putting the previous image back; default 10 minutes
}

// Commit is what an image was built from.
type Commit struct {
	Hash    string
	Author  string
	Subject string
}

// Short is the form of a commit that stands in messages: seven characters.
func (c Commit) Short() string { return short(c.Hash) }

func short(hash string) string { return hash[:min(len(hash), 7)] }

// tag is the grammar of an image tag (OCI distribution spec), which a commit becomes.
var tag = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`)

// execution is the form of a pipeline execution's id.
var execution = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// complete checks what was given and fills in the defaults.
func (o Options) complete() (Options, error) {
	bad := func(cause, next string) (Options, error) {
		return o, &fault.Error{Op: "release to " + o.Environment, Cause: cause, Next: next, Code: fault.BadInput}
	}
	if !tag.MatchString(o.Commit.Hash) {
		return bad("the commit "+quote(o.Commit.Hash)+" cannot be an image tag", "give the full hash of a commit")
	}
	if o.Image != "" {
		if _, err := ParseImage(o.Image, o.Commit.Hash); err != nil {
			return bad(err.Error(), "give the image as repository@sha256:…")
		}
	}
	if o.Execution != "" && !execution.MatchString(o.Execution) {
		return bad("the execution "+quote(o.Execution)+" is no id of a pipeline execution", "give it as CodePipeline shows it: a UUID")
	}
	if o.Sink == nil {
		o.Sink = ui.Discard
	}
	if o.Clock == nil {
		o.Clock = clockwork.NewRealClock()
	}
	if o.HealthPath == "" {
		o.HealthPath = "/"
	}
	if o.HealthStatus == "" {
		o.HealthStatus = onlyOK
	}
	if o.Deadline <= 0 {
		o.Deadline = 15 * time.Minute
	}
	if o.RollbackDeadline <= 0 {
		o.RollbackDeadline = 10 * time.Minute
	}
	return o, nil
}
