package delivery

import (
	"encoding/json"
	"hash/fnv"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/codepipeline"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
	"slipway/infra/jenkinshost"
	"slipway/infra/scope"
)

// ActionType is the custom action type that the worker on the Jenkins host takes jobs of.
type ActionType struct {
	pulumi.ResourceState
	// Provider and Version identify it, beside its category Build and its owner Custom.
	Provider, Version string
	// Ready is what has to be there before a pipeline has actions of this type or a worker asks for its jobs.
	Ready []pulumi.Resource
}

// Properties of an action of the type. None is secret.
const (
	propertyProject     = "ProjectName"
	propertyOperation   = "Operation"
	propertyEnvironment = "Environment"
	propertyFrom        = "From"
	propertyCommit      = "Commit"
)

type actionProperty struct {
	Name, Description        string
	Key, Required, Queryable bool
}

// actionDefinition is all of a custom action type that cannot change: its version is derived from it.
type actionDefinition struct {
	Category                string
	Inputs, Outputs         int
	Properties              []actionProperty
	EntityURL, ExecutionURL string
}

// NewActionType declares the type. CodePipeline marks a deleted type and gives its version back only to a definition
// that is identical (API reference, DeleteCustomActionType), so that a changed definition needs a version of its own.
func NewActionType(in scope.Scope) (*ActionType, error) {
	definition := actionDefinitionOf(in.Config)
	version, err := definition.version()
	if err != nil {
		return nil, err
	}
	a := &ActionType{Provider: in.Base, Version: version}
	return a, in.Component("ActionType", "action", a, func(in scope.Scope) (pulumi.Map, error) {
		declared, err := codepipeline.NewCustomActionType(in.Ctx, in.Name("action"), definition.args(in.Naming, version), in.Child)
		a.Ready = []pulumi.Resource{declared}
		return pulumi.Map{"provider": pulumi.String(a.Provider), "version": pulumi.String(a.Version)}, err
	})
}

// actionDefinitionOf has links to Jenkins only where a host name keeps them right: an address may change, and the
// definition with it.
func actionDefinitionOf(c *config.Config) actionDefinition {
	definition := actionDefinition{
		Category: "Build", Inputs: 1, Outputs: 0,
		Properties: []actionProperty{
			{Name: propertyProject, Description: "Name of the Jenkins job", Key: true, Required: true, Queryable: true},
			{Name: propertyOperation, Description: "deploy or promote", Required: true},
			{Name: propertyEnvironment, Description: "Stack to release to", Required: true},
			{Name: propertyFrom, Description: "Stack that a promotion takes its image from"},
			{Name: propertyCommit, Description: "Commit of the source", Required: true},
		},
	}
	if c.JenkinsHostName != "" {
		definition.EntityURL = jenkinshost.URL(c.JenkinsHostName) + "job/{Config:" + propertyProject + "}/"
		definition.ExecutionURL = definition.EntityURL + "{ExternalExecutionId}/"
	}
	return definition
}

// version is at most nine digits: CodePipeline takes nine characters.
func (d actionDefinition) version() (string, error) {
	text, err := json.Marshal(d)
	if err != nil {
		return "", err
	}
	hash := fnv.New32a()
	hash.Write(text)
	return strconv.FormatUint(uint64(hash.Sum32()%1_000_000_000), 10), nil
}

func (d actionDefinition) args(names scope.Naming, version string) *codepipeline.CustomActionTypeArgs {
	args := &codepipeline.CustomActionTypeArgs{
		Category: pulumi.String(d.Category), ProviderName: pulumi.String(names.Base), Version: pulumi.String(version),
		InputArtifactDetails: &codepipeline.CustomActionTypeInputArtifactDetailsArgs{
			MinimumCount: pulumi.Int(d.Inputs), MaximumCount: pulumi.Int(d.Inputs),
		},
		OutputArtifactDetails: &codepipeline.CustomActionTypeOutputArtifactDetailsArgs{
			MinimumCount: pulumi.Int(d.Outputs), MaximumCount: pulumi.Int(d.Outputs),
		},
		Tags: names.Tags("action"),
	}
	var properties codepipeline.CustomActionTypeConfigurationPropertyArray
	for _, p := range d.Properties {
		properties = append(properties, &codepipeline.CustomActionTypeConfigurationPropertyArgs{
			Name: pulumi.String(p.Name), Description: pulumi.String(p.Description), Type: pulumi.String("String"),
			Key: pulumi.Bool(p.Key), Required: pulumi.Bool(p.Required), Queryable: pulumi.Bool(p.Queryable), Secret: pulumi.Bool(false),
		})
	}
	args.ConfigurationProperties = properties
	if d.EntityURL != "" {
		args.Settings = &codepipeline.CustomActionTypeSettingsArgs{
			EntityUrlTemplate: pulumi.String(d.EntityURL), ExecutionUrlTemplate: pulumi.String(d.ExecutionURL),
		}
	}
	return args
}
