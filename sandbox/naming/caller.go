package naming

// CallerID and CallerARN are the sandbox's own user, whose key `slipway sandbox env` prints.
const (
	CallerID  = "AIDASLIPWAYSANDBOX000"
	CallerARN = "arn:aws:iam::" + Account + ":user/sandbox"
)
