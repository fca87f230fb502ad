package cli

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"slipway/automation/cloud"
	"slipway/automation/engine"
	"slipway/automation/fault"
)

// place is where the configuration of a stack sends Pulumi: the deployer's own calls go there too.
func (d *Deployer) place(stack string) (cloud.Place, error) {
	values, err := d.Project.StackConfig(stack)
	if err != nil {
		return cloud.Place{}, err
	}
	at := cloud.Place{Region: values["aws:region"], Profile: values["aws:profile"]}
	if err := d.Project.StackObject(stack, "aws:assumeRole", &at.Role); err != nil {
		return at, &fault.Error{
			Op: "reading aws:assumeRole of stack " + stack, Cause: err.Error(), Code: fault.BadInput, Err: err,
			Next: "write it as a mapping with roleArn, and externalId and sessionName where they are needed",
		}
	}
	return at, nil
}

// settings are the SDK's where a stack is.
func (d *Deployer) settings(ctx context.Context, stack string) (aws.Config, error) {
	at, err := d.place(stack)
	if err != nil {
		return aws.Config{}, err
	}
	return cloud.Settings(ctx, at)
}

// cloud is AWS where a stack is.
func (d *Deployer) cloud(ctx context.Context, stack string) (*cloud.Cloud, error) {
	at, err := d.place(stack)
	if err != nil {
		return nil, err
	}
	return cloud.New(ctx, at)
}

// finder looks on AWS for what creations of a stack made that were cut off.
func (d *Deployer) finder(stack string) engine.Finder {
	return func(ctx context.Context, typ string, inputs map[string]any) ([]string, error) {
		at, err := d.cloud(ctx, stack)
		if err != nil {
			return nil, err
		}
		return at.Find(ctx, typ, inputs)
	}
}

// deliveryOf is the stack with an environment's registry. Pulumi's full name of one of this project is taken too; a
// stack of another project cannot be opened from here, and is never mistaken for one of the same name here.
func (d *Deployer) deliveryOf(environment, name string) (string, error) {
	parts := strings.Split(name, "/")
	if len(parts) == 1 || len(parts) == 3 && parts[0] == "organization" && parts[1] == d.Project.Name {
		return parts[len(parts)-1], nil
	}
	return "", &fault.Error{
		Op: "reading the configuration of stack " + environment, Code: fault.BadInput,
		Cause: "slipway:deliveryStack = " + quoted(name) + " is a stack of another project or organization, and releases read the registry of their own",
		Next:  "set slipway:deliveryStack to a stack of project " + d.Project.Name + ", by its name alone, in Pulumi." + environment + ".yaml",
	}
}

// checkReserved refuses the name of the stack that images are built in: a stack file of that name would have its
// resources replaced by an image at the next build.
func checkReserved(stack string) error {
	if stack != imagesStack {
		return nil
	}
	return &fault.Error{
		Op: "reading the configuration of stack " + stack, Code: fault.BadInput,
		Cause: "the name " + quoted(imagesStack) + " is reserved: every build of an image replaces what that stack has",
		Next:  "give Pulumi." + imagesStack + ".yaml another name",
	}
}
