// Command slipway is the deployer: from a commit to a verified container on ECS.
package main

import (
	"os"

	"slipway/automation/cli"
)

func main() {
	os.Exit(cli.Run(cli.New(), os.Args[1:]))
}
