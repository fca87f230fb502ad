// Package infra is what stands on AWS: one Pulumi program for both kinds of stack.
package infra

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Program declares the stack that it runs in, as the stack's configuration says.
func Program(ctx *pulumi.Context) error {
	config, err := readConfig(ctx)
	if err != nil {
		return err
	}
	if config.Kind == KindDelivery {
		outputs, err := delivery(ctx, config)
		for name, value := range outputs {
			ctx.Export(name, value)
		}
		return err
	}
	return environment(ctx, config)
}
