package release

import (
	"slipway/automation/cloud"
	"slipway/automation/stack"
)

// What a release is given in earnest.
var (
	_ Stack      = (*stack.Stack)(nil)
	_ BuildStack = (*stack.Stack)(nil)
	_ Builder    = StackBuilder{}
	_ Cloud      = (*cloud.Cloud)(nil)
	_ Pinger     = DockerEngine{}
)
