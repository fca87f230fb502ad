// Command slipway is the deployer: from a commit to a verified container on ECS. It is also the program that `pulumi up`
// runs in a project that holds the app alone.
package main

import (
	"os"

	"slipway/automation/cli"
)

func main() {
	if cli.StartedByPulumi(os.Args[1:]) {
		cli.RunProgram()
		return
	}
	os.Exit(cli.Run(cli.New(), os.Args[1:]))
}
