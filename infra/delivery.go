package infra

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// delivery declares what serves every environment.
func delivery(ctx *pulumi.Context, config *Config) error {
	registry, err := NewRegistry(ctx, newNaming(config.AppName, ctx.Stack()), config)
	if err != nil {
		return err
	}
	ctx.Export(OutputRepositoryURL, registry.URL)
	ctx.Export(OutputRepositoryName, registry.Name)
	ctx.Export(OutputRepositoryArn, registry.Arn)
	return nil
}
