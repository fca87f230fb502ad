// Command slipway is the deployer: from a commit to a verified container on ECS.
package main

import (
	"os"

	"slipway/automation/command"
)

func main() {
	os.Exit(command.Run(command.New(), os.Args[1:]))
}
