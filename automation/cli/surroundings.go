package cli

import (
	"os"

	"slipway/automation/engine"
	"slipway/infra/config"
)

// consoleVariable names the environment variable with the URL of the AWS console that links lead to.
const consoleVariable = "SLIPWAY_CONSOLE_URL"

// secretsVariable names the environment variable with the URL of what encrypts the secrets of new stacks.
const secretsVariable = "SLIPWAY_SECRETS_PROVIDER"

// surroundings is the configuration of a delivery stack that follows from where the deployer itself runs: the host
// of the pipeline's builds gets this very program and its Pulumi, and keeps state and secrets where this one does. The stack's file goes first.
func (d *Deployer) surroundings(own map[string]string) map[string]string {
	found := map[string]string{}
	if own["kind"] != config.KindDelivery {
		return found
	}
	give := func(key, value string) {
		if _, given := own[key]; !given && value != "" {
			found[config.Namespace+":"+key] = value
		}
	}
	give("backendUrl", os.Getenv("PULUMI_BACKEND_URL"))
	give("secretsProvider", os.Getenv(secretsVariable))
	give("consoleUrl", os.Getenv(consoleVariable))
	if self, err := os.Executable(); err == nil {
		give("workerBinary", self)
	}
	give("pulumiBinary", engine.CLIPath(d.Project))
	return found
}
