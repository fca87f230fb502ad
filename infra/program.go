// Package infra is the Pulumi program: one for both kinds of stack.
package infra

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
	"slipway/infra/delivery"
	"slipway/infra/environment"
)

// Program declares the stack that it runs in, as the stack's configuration says. It is what Pulumi's CLI runs, which
// names the folder of Pulumi.yaml.
func Program(ctx *pulumi.Context) error { return In(ctx.RootDirectory())(ctx) }

// In is the program for a project in a folder: an inline program has to be told where its Pulumi.yaml is.
func In(folder string) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error { return export(ctx, folder) }
}

func export(ctx *pulumi.Context, folder string) error {
	known, err := declare(ctx, folder)
	for name, value := range known {
		ctx.Export(name, value)
	}
	return err
}

// declare returns the outputs of the stack.
func declare(ctx *pulumi.Context, folder string) (pulumi.Map, error) {
	c, err := config.Read(ctx, folder)
	if err != nil {
		return nil, err
	}
	if c.Kind == config.KindDelivery {
		return delivery.Declare(ctx, c, folder)
	}
	return environment.Declare(ctx, c)
}
