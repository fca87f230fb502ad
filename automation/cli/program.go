package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/automation/project"
	"slipway/infra"
	"slipway/infra/config"
)

// StartedByPulumi says whether pulumi's host of the language Go started this binary as a project's program (`binary: slipway`
// in its Pulumi.yaml): it gives no arguments, and both of its addresses.
func StartedByPulumi(args []string) bool {
	return len(args) == 0 && os.Getenv(pulumi.EnvMonitor) != "" && os.Getenv(pulumi.EnvEngine) != ""
}

// RunProgram runs the project's program, with what the deployer too would add to the configuration of its delivery stack,
// and ends the process.
func RunProgram() {
	if err := completeConfig(); err != nil {
		fmt.Fprintln(os.Stderr, "slipway:", err)
		os.Exit(1)
	}
	pulumi.Run(infra.Program)
}

// completeConfig adds to the configuration in the environment, from where the SDK reads it.
func completeConfig() error {
	text := os.Getenv(pulumi.EnvConfig)
	if text == "" {
		return nil
	}
	var all map[string]string
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return fmt.Errorf("reading %s: %w", pulumi.EnvConfig, err)
	}
	p, err := project.Find(os.Getenv(pulumi.EnvPulumiRootDirectory))
	if err != nil {
		return err
	}
	own := map[string]string{}
	for key, value := range all {
		if short, ours := strings.CutPrefix(key, config.Namespace+":"); ours {
			own[short] = value
		}
	}
	extra, err := (&Deployer{Project: p}).surroundings(own)
	if err != nil {
		return err
	}
	for key, value := range extra {
		all[key] = value
	}
	completed, err := json.Marshal(all)
	return errors.Join(err, os.Setenv(pulumi.EnvConfig, string(completed)))
}
