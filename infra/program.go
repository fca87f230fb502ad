// Package infra is the Pulumi program: one for both kinds of stack.
package infra

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
	"slipway/infra/delivery"
	"slipway/infra/environment"
)

// Program declares the stack that it runs in, as the stack's configuration says.
func Program(ctx *pulumi.Context) error {
	known, err := declare(ctx)
	for name, value := range known {
		ctx.Export(name, value)
	}
	return err
}

// declare returns the outputs of the stack.
func declare(ctx *pulumi.Context) (pulumi.Map, error) {
	c, err := config.Read(ctx)
	if err != nil {
		return nil, err
	}
	if c.Kind == config.KindDelivery {
		return delivery.Declare(ctx, c)
	}
	return environment.Declare(ctx, c)
}
