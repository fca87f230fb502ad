package sandbox

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// lent is a variable that a host of the sandbox has and a host on AWS has not.
type lent struct{ name, value string }

// hostEnvironment is all that builds and workers get besides what a host on AWS would have: its own files, and the
// credentials of its role. docs/sandbox.md gives the reason of each.
func (c Config) hostEnvironment() []string {
	all := []lent{
		{"AWS_ENDPOINT_URL", c.Endpoint()},
		{"PULUMI_DEBUG_PROVIDERS", c.debugProviders()},
		{consoleVariable, c.consoleURL()},
	}
	for _, name := range engineVariables {
		all = append(all, lent{name, os.Getenv(name)})
	}
	var env []string
	for _, l := range append(all, lentByGo()...) {
		if l.value != "" {
			env = append(env, l.name+"="+l.value)
		}
	}
	return env
}

// consoleVariable leads links of the AWS console to the sandbox's own pages.
const consoleVariable = "SLIPWAY_CONSOLE_URL"

// engineVariables say where this machine's Docker engine is, for a user with one elsewhere than at its usual place.
var engineVariables = []string{"DOCKER_HOST", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_API_VERSION"}

// goVariables are Go's caches and where it downloads modules from. A host on AWS fills caches of its own.
var goVariables = []string{
	"GOCACHE", "GOFLAGS", "GOMODCACHE", "GONOPROXY", "GONOSUMDB", "GOPRIVATE", "GOPROXY", "GOSUMDB", "GOTOOLCHAIN",
}

// lentByGo is what the user's Go says of itself, and nothing on a machine without Go: there a commit that changes the
// deployer cannot be built.
func lentByGo() []lent {
	text, err := exec.Command("go", append([]string{"env", "-json"}, goVariables...)...).Output()
	if err != nil {
		return nil
	}
	said := map[string]string{}
	if err := json.Unmarshal(text, &said); err != nil {
		return nil
	}
	var all []lent
	for _, name := range goVariables {
		all = append(all, lent{name, said[name]})
	}
	return all
}

func (c Config) debugProviders() string {
	return fmt.Sprintf("aws:%d,docker:%d", c.Ports.AWSProvider, c.Ports.DockerProvider)
}

func (c Config) consoleURL() string { return c.Endpoint() + strings.TrimSuffix(consolePath, "/") }
