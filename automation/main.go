// Command slipway is the deployer: from a commit to a verified container on ECS. It is also the program that `pulumi up`
// runs in a project that holds the app alone.
package main

import (
	"os"
	"slices"

	"slipway/automation/cli"
	"slipway/automation/drill"
	"slipway/automation/drill/app"
)

func main() {
	if cli.StartedByPulumi(os.Args[1:]) {
		cli.RunProgram()
		return
	}
	if slices.Equal(os.Args[1:], drill.App) {
		os.Exit(app.Main(nil)) // in the image of a drill, which holds this program alone
	}
	os.Exit(cli.Run(cli.New(), os.Args[1:]))
}
