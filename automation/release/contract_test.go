package release

import (
	"slipway/automation/cloud"
	"slipway/automation/engine"
)

// What a release is given in earnest.
var (
	_ Stack      = (*engine.Stack)(nil)
	_ BuildStack = (*engine.Stack)(nil)
	_ Builder    = StackBuilder{}
	_ Cloud      = (*cloud.Cloud)(nil)
	_ Pinger     = DockerEngine{}
)
