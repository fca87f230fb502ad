package naming

// CallerID and CallerARN are who every caller of a sandbox is, whatever credentials it has.
const (
	CallerID  = "AIDASLIPWAYSANDBOX000"
	CallerARN = "arn:aws:iam::" + Account + ":user/sandbox"
)
