package codepipeline

import (
	"context"
	"maps"
	"reflect"

	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/codepipeline/declaration"
	"slipway/sandbox/resource"
)

// actionTypes is aws:codepipeline/customActionType:CustomActionType. Its id is category/provider/version.
type actionTypes struct{ *Service }

type actionTypeInputs struct {
	Category   string                 `json:"category"`
	Provider   string                 `json:"providerName"`
	Version    string                 `json:"version"`
	Properties []declaration.Property `json:"configurationProperties"`
	Inputs     artifactDetails        `json:"inputArtifactDetails"`
	Outputs    artifactDetails        `json:"outputArtifactDetails"`
	Settings   *declaration.Settings  `json:"settings"`
	Tags       map[string]string      `json:"tags"`
}

type artifactDetails struct {
	Minimum int `json:"minimumCount"`
	Maximum int `json:"maximumCount"`
}

func (in actionTypeInputs) declaration() declaration.ActionType {
	t := declaration.ActionType{
		ID:       declaration.TypeID{Category: in.Category, Owner: "Custom", Provider: in.Provider, Version: in.Version},
		Settings: in.Settings, Properties: append([]declaration.Property{}, in.Properties...),
		Inputs: declaration.Count(in.Inputs), Outputs: declaration.Count(in.Outputs),
	}
	if t.Settings != nil && *t.Settings == (declaration.Settings{}) {
		t.Settings = nil
	}
	return t
}

// Create makes an action type. Its identity is written once: one that was deleted comes back only as it was.
func (b actionTypes) Create(_ context.Context, in resource.Properties) (string, resource.Properties, error) {
	var args actionTypeInputs
	if err := resource.Decode(in, &args); err != nil {
		return "", nil, err
	}
	t := args.declaration()
	if err := t.Check(); err != nil {
		return "", nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	id := args.Category + "/" + args.Provider + "/" + args.Version
	if old := b.types[t.ID.String()]; old != nil {
		switch {
		case !old.Deleted:
			return "", nil, awsapi.Errorf("ActionTypeAlreadyExistsException", "The action type %s exists already", id)
		case !reflect.DeepEqual(old.ActionType, t):
			return "", nil, awsapi.Errorf("ActionTypeAlreadyExistsException",
				"The action type %s was deleted and comes back only with the definition that it had: choose a version that was never used", id)
		}
	}
	return id, b.outputs(t.ID), b.putType(&actionType{ActionType: t, Tags: args.Tags})
}

func (b actionTypes) outputs(id declaration.TypeID) resource.Properties {
	name := id.Category + "/" + id.Provider + "/" + id.Version
	return resource.Properties{
		"arn": property.NewStringProperty(b.region.ARN("codepipeline", "actiontype:Custom/"+name)), "owner": property.NewStringProperty("Custom"),
	}
}

func (s *Service) putType(t *actionType) error {
	if err := s.tables.types.Put(t.ID.String(), *t); err != nil {
		return err
	}
	s.types[t.ID.String()] = t
	s.tell()
	return nil
}

// typeNamed is the type with this resource id, unless it is deleted.
func (b actionTypes) typeNamed(id string) *actionType {
	for _, t := range b.types {
		if t.ID.Category+"/"+t.ID.Provider+"/"+t.ID.Version == id && !t.Deleted {
			return t
		}
	}
	return nil
}

// Update changes tags: everything else replaces the type.
func (b actionTypes) Update(_ context.Context, id string, in resource.Properties) (resource.Properties, error) {
	var args actionTypeInputs
	if err := resource.Decode(in, &args); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	old := b.typeNamed(id)
	if old == nil {
		return nil, awsapi.Errorf("ActionTypeNotFoundException", "There is no custom action type %s.", id)
	}
	t := *old
	t.Tags = maps.Clone(args.Tags)
	return b.outputs(t.ID), b.putType(&t)
}

// Delete marks the type: no new pipeline may name it, and its identity stays used up.
func (b actionTypes) Delete(_ context.Context, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	old := b.typeNamed(id)
	if old == nil {
		return nil
	}
	t := *old
	t.Deleted = true
	return b.putType(&t)
}

// Read says whether the type is there.
func (b actionTypes) Read(_ context.Context, id string) (resource.Properties, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.typeNamed(id)
	if t == nil {
		return nil, false, nil
	}
	return b.outputs(t.ID), true, nil
}
