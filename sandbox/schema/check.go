package schema

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Problem is one thing that is wrong with a set of inputs.
type Problem struct {
	Token  string // of the resource type or function
	Path   string // "healthCheck.path", "subnets[2]"; the property that is at fault
	Reason string // "is a number, must be a string"
}

func (p Problem) String() string { return fmt.Sprintf("%s: %s %s", p.Token, p.Path, p.Reason) }

// CheckResource returns what is wrong with the inputs of a resource, in the order of their paths.
// Values that are not known yet pass. A type that does not exist is an error.
func (p *Package) CheckResource(token string, in resource.PropertyMap) ([]Problem, error) {
	r, err := p.Resource(token)
	if err != nil {
		return nil, err
	}
	return p.check(token, Object{r.Inputs, r.RequiredInputs}, in), nil
}

// CheckFunction returns what is wrong with the arguments of a function.
func (p *Package) CheckFunction(token string, in resource.PropertyMap) ([]Problem, error) {
	f, err := p.Function(token)
	if err != nil {
		return nil, err
	}
	return p.check(token, f.Inputs, in), nil
}

// CheckOutputs returns what is wrong with the outputs of a resource:
// a required one that is missing, one that the schema has not, one of the wrong type.
func (p *Package) CheckOutputs(token string, out resource.PropertyMap) ([]Problem, error) {
	r, err := p.Resource(token)
	if err != nil {
		return nil, err
	}
	return p.check(token, Object{r.Outputs, r.Required}, out), nil
}

func (p *Package) check(token string, o Object, in resource.PropertyMap) []Problem {
	c := checker{pkg: p, token: token}
	c.object("", o, in)
	return c.problems
}

type checker struct {
	pkg      *Package
	token    string
	problems []Problem
}

func (c *checker) add(path, format string, args ...any) {
	c.problems = append(c.problems, Problem{c.token, path, fmt.Sprintf(format, args...)})
}

func (c *checker) object(path string, o Object, in resource.PropertyMap) {
	for _, name := range o.Required {
		if v, ok := in[resource.PropertyKey(name)]; !ok || v.IsNull() {
			c.add(join(path, name), "is missing; it is required")
		}
	}
	for _, key := range in.StableKeys() {
		name := string(key)
		if strings.HasPrefix(name, "__") || in[key].IsNull() {
			continue
		}
		if prop, ok := o.Properties[name]; ok {
			c.value(join(path, name), prop, in[key])
			continue
		}
		c.add(join(path, name), "does not exist; %s", allowed(name, o.Properties))
	}
}

func allowed(name string, properties map[string]*Property) string {
	if near := Nearest(name, properties); near != "" {
		return "the nearest that does: " + near
	}
	return "allowed: " + strings.Join(slices.Sorted(maps.Keys(properties)), ", ")
}

func (c *checker) value(path string, prop *Property, v resource.PropertyValue) {
	v = Plain(v)
	if v.IsNull() || v.IsComputed() {
		return
	}
	if prop.Ref != "" {
		c.reference(path, prop, v)
		return
	}
	if prop.Type == "array" && v.IsArray() {
		for i, e := range v.ArrayValue() {
			c.element(fmt.Sprintf("%s[%d]", path, i), prop.Items, e)
		}
		return
	}
	if prop.Type == "object" && v.IsObject() {
		for _, k := range v.ObjectValue().StableKeys() {
			c.element(join(path, string(k)), prop.Values, v.ObjectValue()[k])
		}
		return
	}
	if !scalar(prop, v) {
		c.add(path, "is %s, must be %s", describe(v), wanted(prop))
		return
	}
	if len(prop.Enum) > 0 && !slices.Contains(prop.Enum, v.StringValue()) {
		c.add(path, "is %q; allowed: %s", v.StringValue(), strings.Join(prop.Enum, ", "))
	}
}

func (c *checker) element(path string, prop *Property, v resource.PropertyValue) {
	if prop != nil {
		c.value(path, prop, v)
	}
}

func (c *checker) reference(path string, prop *Property, v resource.PropertyValue) {
	switch prop.Ref {
	case "pulumi.json#/Any", "pulumi.json#/Json":
		return
	case "pulumi.json#/Asset", "pulumi.json#/Archive":
		if !v.IsAsset() && !v.IsArchive() {
			c.add(path, "is %s, must be an asset or an archive", describe(v))
		}
		return
	}
	o := c.pkg.Object(prop)
	switch {
	case o == nil:
		c.add(path, "has the type %s, which this schema does not have", prop.Ref)
	case !v.IsObject():
		c.add(path, "is %s, must be %s", describe(v), wanted(prop))
	default:
		c.object(path, *o, v.ObjectValue())
	}
}

func scalar(prop *Property, v resource.PropertyValue) bool {
	switch prop.Type {
	case "string":
		return v.IsString()
	case "boolean":
		return v.IsBool()
	case "integer":
		return v.IsNumber() && v.NumberValue() == math.Trunc(v.NumberValue())
	case "number":
		return v.IsNumber()
	}
	return false
}

func wanted(prop *Property) string {
	switch prop.Type {
	case "":
		return "an object"
	case "object":
		return "a map"
	case "array", "integer":
		return "an " + prop.Type
	}
	return "a " + prop.Type
}

// describe names the kind of a value, never the value: it may be a secret.
func describe(v resource.PropertyValue) string {
	switch {
	case v.IsBool():
		return "a boolean"
	case v.IsNumber() && v.NumberValue() != math.Trunc(v.NumberValue()):
		return "a number with a fraction"
	case v.IsNumber():
		return "a number"
	case v.IsString():
		return "a string"
	case v.IsArray():
		return "an array"
	case v.IsObject():
		return "an object"
	case v.IsAsset(), v.IsArchive():
		return "an asset"
	}
	return "a " + v.TypeString()
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
