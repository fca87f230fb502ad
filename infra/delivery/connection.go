package delivery

import "strings"

// useConnection is an action of the service in the connection's ARN: connections made before it was renamed keep the
// old name.
func useConnection(arn string) string {
	service := "codeconnections"
	if strings.Contains(arn, ":codestar-connections:") {
		service = "codestar-connections"
	}
	return service + ":UseConnection"
}
