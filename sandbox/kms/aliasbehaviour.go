package kms

import (
	"context"

	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

// aliasBehaviour is aws:kms/alias:Alias. Its id is the name.
type aliasBehaviour struct{ *Service }

type aliasInputs struct {
	Name   string `json:"name"`
	Prefix string `json:"namePrefix"`
	Target string `json:"targetKeyId"`
}

func (b aliasBehaviour) Create(_ context.Context, in resource.Properties) (string, resource.Properties, error) {
	var args aliasInputs
	if err := resource.Decode(in, &args); err != nil {
		return "", nil, err
	}
	if args.Name == "" {
		args.Name = args.Prefix + naming.Hex(26)
	}
	out, err := b.lead(args.Name, args.Target, false)
	if err != nil {
		return "", nil, err
	}
	return args.Name, out, nil
}

func (b aliasBehaviour) Update(_ context.Context, id string, in resource.Properties) (resource.Properties, error) {
	var args aliasInputs
	if err := resource.Decode(in, &args); err != nil {
		return nil, err
	}
	return b.lead(id, args.Target, true)
}

func (b aliasBehaviour) lead(name, target string, move bool) (resource.Properties, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.name(name, target, move); err != nil {
		return nil, err
	}
	a, _, err := b.aliases.Get(name)
	if err != nil {
		return nil, err
	}
	return b.outputs(a)
}

// Delete removes the alias; one that is gone already is no error.
func (b aliasBehaviour) Delete(_ context.Context, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.aliases.Delete(id)
}

func (b aliasBehaviour) Read(_ context.Context, id string) (resource.Properties, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	a, found, err := b.aliases.Get(id)
	if err != nil || !found {
		return nil, false, err
	}
	out, err := b.outputs(a)
	return out, true, err
}

func (b aliasBehaviour) outputs(a alias) (resource.Properties, error) {
	return resource.Encode(map[string]any{
		"name": a.Name, "arn": b.region.ARN("kms", a.Name), "targetKeyArn": b.arn(a.KeyID),
	})
}
