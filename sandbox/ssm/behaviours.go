package ssm

import (
	"context"

	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

// Behaviours are the Pulumi resource types that Systems Manager has here.
func (s *Service) Behaviours() map[string]resource.Behaviour {
	return map[string]resource.Behaviour{
		"aws:ssm/parameter:Parameter":     parameterBehaviour{s},
		"aws:ssm/association:Association": associationBehaviour{s},
	}
}

// parameterBehaviour is aws:ssm/parameter:Parameter. Its id is the name.
type parameterBehaviour struct{ *Service }

var (
	_ resource.Behaviour = parameterBehaviour{}
	_ resource.Reader    = parameterBehaviour{}
)

type parameterInputs struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	Value     string `json:"value"`
	Insecure  string `json:"insecureValue"`
	Overwrite bool   `json:"overwrite"`

	Description string `json:"description"`
	KeyID       string `json:"keyId"`
	Pattern     string `json:"allowedPattern"`
	DataType    string `json:"dataType"`
	Tier        string `json:"tier"`
}

func (b parameterBehaviour) Create(_ context.Context, in resource.Properties) (string, resource.Properties, error) {
	var args parameterInputs
	if err := resource.Decode(in, &args); err != nil {
		return "", nil, err
	}
	if args.Name == "" {
		args.Name = "terraform-" + naming.Hex(26)
	}
	p, err := b.write(args, args.Overwrite)
	if err != nil {
		return "", nil, err
	}
	return p.Name, b.outputs(p, args), nil
}

func (b parameterBehaviour) Update(_ context.Context, id string, in resource.Properties) (resource.Properties, error) {
	var args parameterInputs
	if err := resource.Decode(in, &args); err != nil {
		return nil, err
	}
	args.Name = id
	p, err := b.write(args, true)
	if err != nil {
		return nil, err
	}
	return b.outputs(p, args), nil
}

func (b parameterBehaviour) write(args parameterInputs, overwrite bool) (parameter, error) {
	value := args.Value
	if value == "" {
		value = args.Insecure
	}
	return b.put(parameter{
		Name: args.Name, Type: args.Type, Description: args.Description, KeyID: args.KeyID, Pattern: args.Pattern, DataType: args.DataType, Tier: args.Tier,
	}, value, overwrite)
}

func (b parameterBehaviour) outputs(p parameter, args parameterInputs) resource.Properties {
	out := b.described(p)
	if args.Value == "" {
		out["value"] = property.NewProperty(args.Insecure)
	}
	return out
}

// described are the outputs that tell no secret.
func (b parameterBehaviour) described(p parameter) resource.Properties {
	out := resource.Properties{
		"name": property.NewProperty(p.Name), "arn": property.NewProperty(b.arn(p.Name)), "type": property.NewProperty(p.Type),
		"version": property.NewProperty(float64(p.Version)), "dataType": property.NewProperty(p.DataType), "tier": property.NewProperty(p.Tier),
	}
	if p.KeyID != "" {
		out["keyId"] = property.NewProperty(p.KeyID)
	}
	return out
}

// Read answers what the parameter is now, its value included: it is changed by others too.
func (b parameterBehaviour) Read(_ context.Context, id string) (resource.Properties, bool, error) {
	p, found, err := b.parameters.Get(id)
	if err != nil || !found {
		return nil, false, err
	}
	value, err := b.open(p)
	if err != nil {
		return nil, false, err
	}
	out := b.described(p)
	out["value"] = property.MakeSecret(property.NewProperty(value))
	return out, true, nil
}

func (b parameterBehaviour) Delete(_ context.Context, id string) error {
	_, err := b.remove(id)
	return err
}
