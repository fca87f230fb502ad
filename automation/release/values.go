package release

import (
	"slipway/automation/cloud"
	"slipway/automation/release/ledger"
)

// Site is where a release goes, as preflight found it.
type Site struct {
	Who      cloud.Identity
	Registry Registry
	Ledger   ledger.Ledger
	Before   Environment // the environment before the release
	Past     Past

	Previous      Image // the image to return to; zero if there is none
	PreviousThere bool  // it is still in the registry

	Image    Image // the one to release, where it exists; zero when it must be built
	Untagged bool  // it exists without the commit as its tag
}

// Plan is what an update would change, by its preview.
type Plan struct {
	Config  map[string]string // full keys, of this update
	Changes int               // of what a release may change
	Others  []string          // every other change, as "op type name"
	Running string            // the task definition that ECS runs, or moves to
}

// Empty is whether the stack has the image, and all else, already.
func (p Plan) Empty() bool { return p.Changes+len(p.Others) == 0 }

// Change is what an update did. With an error, it says how far the update came.
type Change struct {
	Applied        bool   // ECS was asked for a deployment
	Moved          bool   // the environment runs, or may come to run, the image unproved: a failure returns to what was before
	Same           bool   // the image was live and proved: only what tasks get beside it changed
	TaskDefinition string // ours now
	Before         string // the one that ECS ran
}

// Rollout is how ECS's deployment of a change ended.
type Rollout struct {
	Newer string // the task definition of another deployment that took over; "" when ours is live
}

// trail is what the steps of one pass made, each value set once, by the list: a step is given the ones that it needs.
type trail struct {
	site     Site
	image    Image
	plan     Plan
	change   Change
	rollout  Rollout
	proof    Proof
	passed   bool // proved, and no gate refused it
	recorded Release
}

// superseded is whether a newer release took over.
func (t trail) superseded() bool { return t.rollout.Newer != "" }
