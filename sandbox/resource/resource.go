// Package resource is what a service of the sandbox implements for the resource types that do something real.
// Types without a Behaviour are only checked against the schema and remembered.
package resource

import (
	"context"
	"encoding/json"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Properties are inputs or outputs under the names of the provider's schema ("desiredCount").
// Secrets arrive unwrapped; the provider in front wraps them again.
type Properties = resource.PropertyMap

// Behaviour creates, updates and deletes the resources of one type.
// Inputs were checked against the schema before. Outputs are added to the inputs and to the computed
// outputs every type has (id, arn, tagsAll), and win over both.
type Behaviour interface {
	// Create returns the provider's id of the new resource and its outputs. An error beside an id says that
	// the resource exists and is not ready: the engine keeps it and calls Update the next time.
	Create(ctx context.Context, in Properties) (id string, out Properties, err error)
	// Update changes a resource in place: the properties that replace it never arrive here. An error beside
	// outputs says that the change was made and the resource is not ready; without them nothing was changed.
	Update(ctx context.Context, id string, in Properties) (out Properties, err error)
	// Delete removes the resource. One that is gone already is no error.
	Delete(ctx context.Context, id string) error
}

// Remover is a Behaviour whose ids do not tell its resources apart, as the family of a task definition does not tell its
// revisions. Remove is called in the place of Delete, with the outputs of the resource.
type Remover interface {
	Remove(ctx context.Context, id string, out Properties) error
}

// Reader is a Behaviour whose outputs change without the engine, as a service's does.
type Reader interface {
	// Read returns the outputs that may have changed, and false when the resource is gone.
	Read(ctx context.Context, id string) (out Properties, found bool, err error)
}

// Recaller is a Reader for a Behaviour whose id does not tell which resource it is: it is given the outputs that the state
// has too.
type Recaller interface {
	Recall(ctx context.Context, id string, known Properties) (out Properties, found bool, err error)
}

// Checker is a Behaviour whose inputs name things that change behind them, such as the files of a build.
// Check is called for every preview and update with inputs that fit the schema; unknown values and secrets
// are still in place. It returns the inputs with what it adds: properties whose names begin with "__" stand
// in no schema, are compared like others and never become outputs.
type Checker interface {
	Check(ctx context.Context, in Properties) (Properties, error)
}

// Indifferent is a Behaviour with inputs that make no difference when they alone change, such as a password.
type Indifferent interface {
	// Indifferent returns their paths ("registry.password").
	Indifferent() []string
}

// Function answers one of the provider's functions ("aws:ecr/getAuthorizationToken:getAuthorizationToken").
type Function func(ctx context.Context, in Properties) (out Properties, err error)

// Decode fills the struct at v from properties, by its json tags.
func Decode(p Properties, v any) error {
	b, err := json.Marshal(p.Mappable())
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}

// Encode is the reverse of Decode.
func Encode(v any) (Properties, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, err
	}
	return resource.NewPropertyMapFromMap(m), nil
}
