// Package schema knows the resource types and functions of the providers that the sandbox stands in for:
// their properties, which of them are required, and which replace the resource when they change.
//
// aws.json is the schema of the AWS provider as Pulumi's bridge gives it, without documentation. Its inputs and the types in
// them are those of the SDK that go.mod names, which a test compares and writes anew:
// go test ./sandbox/schema -run TheSchemaIsTheSDKs -update
// docker.json is the one resource of pulumi-docker 4.10.0 that is used here.
package schema

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

// Package is the schema of one provider.
type Package struct {
	Name      string
	Resources map[string]*Resource `json:"resources"`
	Functions map[string]*Function `json:"functions"`
	Types     map[string]*Object   `json:"types"`
}

// Resource is one resource type: its inputs, and its outputs, which hold most of the inputs again.
type Resource struct {
	Inputs         map[string]*Property `json:"inputProperties"`
	RequiredInputs []string             `json:"requiredInputs"`
	Outputs        map[string]*Property `json:"properties"`
	Required       []string             `json:"required"` // outputs that are always there
}

// Function is one function of a provider.
type Function struct {
	Inputs  Object `json:"inputs"`
	Outputs Object `json:"outputs"`
}

// Object is a set of named properties.
type Object struct {
	Properties map[string]*Property `json:"properties"`
	Required   []string             `json:"required"`
}

// Property is the type of one value.
type Property struct {
	Type     string    `json:"type"` // string, boolean, integer, number, array, object; empty when Ref is set
	Ref      string    `json:"$ref"` // "#/types/TOKEN", "pulumi.json#/Asset"
	Items    *Property `json:"items"`
	Values   *Property `json:"additionalProperties"` // of a map
	Enum     []string  `json:"enum"`
	Replaces bool      `json:"willReplaceOnChanges"`
	Secret   bool      `json:"secret"`
}

var (
	//go:embed aws.json
	awsJSON []byte
	//go:embed docker.json
	dockerJSON []byte
)

// AWS returns the schema of the AWS provider. It is parsed once, at the first call.
var AWS = sync.OnceValue(func() *Package { return mustParse("aws", awsJSON) })

// Docker returns the schema of the Docker provider. It is parsed once, at the first call.
var Docker = sync.OnceValue(func() *Package { return mustParse("docker", dockerJSON) })

func mustParse(name string, b []byte) *Package {
	p := &Package{Name: name}
	if err := json.Unmarshal(b, p); err != nil {
		panic(fmt.Sprintf("the schema %s.json in this binary: %v", name, err))
	}
	return p
}

// Resource returns the resource type with this token, or an error that names the nearest one.
func (p *Package) Resource(token string) (*Resource, error) {
	if r, ok := p.Resources[token]; ok {
		return r, nil
	}
	return nil, unknown("the resource type", token, p.Resources)
}

// Function returns the function with this token, or an error that names the nearest one.
func (p *Package) Function(token string) (*Function, error) {
	if f, ok := p.Functions[token]; ok {
		return f, nil
	}
	return nil, unknown("the function", token, p.Functions)
}

// Object returns the object type that a property refers to, and nil when it refers to none.
func (p *Package) Object(prop *Property) *Object {
	if prop == nil {
		return nil
	}
	return p.Types[strings.TrimPrefix(prop.Ref, "#/types/")]
}

func unknown[T any](kind, token string, all map[string]T) error {
	if near := Nearest(token, all); near != "" {
		return fmt.Errorf("%s %s is not supported here; the nearest that is: %s", kind, token, near)
	}
	return fmt.Errorf("%s %s is not supported here", kind, token)
}
