package provider

import (
	"fmt"
	"slices"

	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"slipway/sandbox/resource"
)

// defaults is the input under which Pulumi's bridge lists the inputs that it, not the program, has set.
const defaults = "__defaults"

// randomDigits is how many hexadecimal digits end a name that Pulumi makes.
const randomDigits = 7

// naming rules of the types whose name is not "name" or is shorter than 255 letters, as the AWS provider has them.
var nameRules = map[string]nameRule{
	"aws:codepipeline/pipeline:Pipeline":      {"name", "", 100, false},
	"aws:cloudwatch/eventRule:EventRule":      {"name", "", 64, false},
	"aws:cloudwatch/logGroup:LogGroup":        {"name", "", 512, false},
	"aws:ec2/launchTemplate:LaunchTemplate":   {"name", "", 125, false},
	"aws:ecr/repository:Repository":           {"name", "", 256, false},
	"aws:iam/instanceProfile:InstanceProfile": {"name", "", 128, false},
	"aws:iam/policy:Policy":                   {"name", "", 128, false},
	"aws:iam/role:Role":                       {"name", "", 64, false},
	"aws:iam/rolePolicy:RolePolicy":           {"name", "", 128, false},
	"aws:kms/alias:Alias":                     {"name", "alias/", 256, false},
	"aws:lb/loadBalancer:LoadBalancer":        {"name", "", 32, false},
	"aws:lb/targetGroup:TargetGroup":          {"name", "", 32, false},
	"aws:s3/bucketObjectv2:BucketObjectv2":    {"key", "", 1024, true},
	"aws:s3/bucketV2:BucketV2":                {"bucket", "", 63, false},
}

// nameRule is how the name of a type is made.
type nameRule struct {
	property string
	prefix   string
	max      int
	own      bool // the resource's own name, with nothing added
}

// nameOf returns the rule of a type, and whether Pulumi names it at all:
// its name is a string that a program may leave out.
func (p *Provider) nameOf(token string) (nameRule, bool) {
	rule, ok := nameRules[token]
	if !ok {
		rule = nameRule{"name", "", 255, false}
	}
	r := p.Schema.Resources[token]
	input := r.Inputs[rule.property]
	named := p.Schema.Name == "aws" && input != nil && input.Type == "string" &&
		!slices.Contains(r.RequiredInputs, rule.property)
	return rule, named
}

// autoname sets the name that the program leaves out: the one of last time, or a new one.
func (p *Provider) autoname(req *pulumirpc.CheckRequest, token string, olds, news resource.Properties) error {
	rule, ok := p.nameOf(token)
	key := presource.PropertyKey(rule.property)
	if !ok || news.HasValue(key) || news.HasValue(key+"Prefix") {
		return nil
	}
	name, err := makeName(req, rule)
	if err != nil {
		return err
	}
	if olds.HasValue(key) && isDefault(olds, rule.property) {
		news[key] = olds[key]
	} else {
		news[key] = presource.NewProperty(name)
	}
	news[defaults] = presource.NewProperty([]presource.PropertyValue{presource.NewProperty(rule.property)})
	return nil
}

// makeName returns the URN's name with random digits, or what the stack's naming configuration proposes.
func makeName(req *pulumirpc.CheckRequest, rule nameRule) (string, error) {
	if rule.own {
		return presource.URN(req.GetUrn()).Name(), nil
	}
	if a := req.GetAutonaming(); a != nil {
		if a.GetMode() == pulumirpc.CheckRequest_AutonamingOptions_DISABLE {
			return "", fmt.Errorf("is missing, and the stack's configuration pulumi:autonaming is disabled")
		}
		return rule.prefix + a.GetProposedName(), nil
	}
	base := rule.prefix + presource.URN(req.GetUrn()).Name() + "-"
	name, err := presource.NewUniqueName(req.GetRandomSeed(), base, randomDigits, rule.max, nil)
	if err != nil {
		return "", fmt.Errorf("cannot be made of the resource's name: it has %d letters, and AWS takes %d with the %d that are added",
			len(base)-1, rule.max, randomDigits+1)
	}
	return name, nil
}

// isDefault tells whether the provider had set the input.
func isDefault(in resource.Properties, property string) bool {
	list := in[defaults]
	if !list.IsArray() {
		return false
	}
	return slices.ContainsFunc(list.ArrayValue(), func(v presource.PropertyValue) bool {
		return v.IsString() && v.StringValue() == property
	})
}
