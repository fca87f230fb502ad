package cli

import (
	"os"

	"slipway/automation/engine"
	"slipway/automation/project"
	"slipway/infra/config"
)

// consoleVariable names the environment variable with the URL of the AWS console that links lead to.
const consoleVariable = "SLIPWAY_CONSOLE_URL"

// surroundings is the configuration of a delivery stack that follows from where the deployer itself runs: the host
// of the pipeline's builds gets this very program and its Pulumi, and keeps state and secrets where this one does. The stack's file goes first.
func (d *Deployer) surroundings(own map[string]string) (map[string]string, error) {
	found := map[string]string{}
	if own["kind"] != config.KindDelivery {
		return found, nil
	}
	backend, err := d.Project.Backend()
	if err != nil {
		return nil, err
	}
	give := func(key, value string) {
		if _, given := own[key]; !given && value != "" {
			found[config.Namespace+":"+key] = value
		}
	}
	give("backendUrl", backend)
	if provider := os.Getenv(project.SecretsVariable); provider != "" {
		found[project.SecretsKey] = provider // goes before the file, as for every command
	}
	give("consoleUrl", os.Getenv(consoleVariable))
	if self, err := os.Executable(); err == nil {
		give("workerBinary", self)
	}
	give("pulumiBinary", engine.CLIPath(d.Project))
	return found, nil
}
