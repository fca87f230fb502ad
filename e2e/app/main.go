// Command app is the app of the tests.
package main

import (
	"os"

	"slipway/automation/drill/app"
)

func main() { os.Exit(app.Main(os.Args[1:])) }
