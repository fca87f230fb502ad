// Package scope is what every component of the program declares its resources with: names and tags, the checked
// configuration, the place on AWS, and the component that they belong to.
package scope

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
)

// Scope is handed from a component to its parts by value.
type Scope struct {
	Naming
	// Ctx declares resources.
	Ctx *pulumi.Context
	// Config is the configuration of the running stack.
	Config *config.Config
	// Where is the place that the running stack is in.
	Where Location
	// Child makes a resource a child of the component that is being declared; nil outside of any component.
	Child pulumi.ResourceOption
}

// New is the scope of the running stack, outside of any component.
func New(ctx *pulumi.Context, c *config.Config, where Location) Scope {
	return Scope{Naming: NewNaming(c.AppName, ctx.Stack()), Ctx: ctx, Config: c, Where: where}
}

// Component registers a component of type slipway:infra:KIND and declares what is in it. What declare returns are the
// component's outputs.
func (s Scope) Component(kind, suffix string, component pulumi.ComponentResource, declare func(Scope) (pulumi.Map, error)) error {
	var options []pulumi.ResourceOption
	if s.Child != nil {
		options = append(options, s.Child)
	}
	if err := s.Ctx.RegisterComponentResource("slipway:infra:"+kind, s.Name(suffix), component, options...); err != nil {
		return err
	}
	s.Child = pulumi.Parent(component)
	known, err := declare(s)
	if err != nil {
		return err
	}
	return s.Ctx.RegisterResourceOutputs(component, known)
}

// Optional is an argument that is absent when the text is empty.
func Optional(text string) pulumi.StringPtrInput {
	if text == "" {
		return nil
	}
	return pulumi.String(text)
}
