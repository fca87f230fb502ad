// Command slipway-infra is the program that `pulumi up` runs.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra"
)

func main() { pulumi.Run(infra.Program) }
