package provider

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strconv"
	"time"

	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

// values are outputs in Go's own types.
type values = map[string]any

// form is how AWS names the resources of a type and what it answers for them.
type form struct {
	// id returns the id of a new resource.
	id func(o *operation) string
	// outputs returns the computed outputs of a resource whose id is known.
	outputs func(o *operation) values
	// updated returns the outputs that every update changes.
	updated func(o *operation, olds resource.Properties) values
}

// forms of every type, by token. Each file adds those of its part of AWS.
var forms = merged(computeForms, networkForms, gatewayForms, securityForms, scalingForms, identityForms, containerForms,
	balancerForms, watchForms, keyForms, deliveryForms, bucketForms)

func merged(parts ...map[string]form) map[string]form {
	all := map[string]form{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}

// form returns the form of a type, or an error that names the nearest type that has one.
func (p *Provider) form(token string) (form, error) {
	if _, err := p.Schema.Resource(token); err != nil {
		return form{}, err
	}
	f, ok := forms[token]
	if !ok && p.Behaviours[token] == nil && p.Schema.Name == "aws" {
		return f, fmt.Errorf("the resource type %s is not supported here", token)
	}
	return f, nil
}

// computed returns what the form computes.
func (o *operation) computed() resource.Properties {
	f := forms[o.token]
	if f.outputs == nil {
		return nil
	}
	return o.known(f.outputs(o))
}

// updated returns what an update changes of the old outputs.
func (o *operation) updated(olds resource.Properties) resource.Properties {
	f := forms[o.token]
	if f.updated == nil {
		return nil
	}
	return o.known(f.updated(o, olds))
}

// known makes properties of values and leaves out what the type does not have.
func (o *operation) known(v values) resource.Properties {
	out := presource.NewPropertyMapFromMap(v)
	for k := range out {
		if o.Schema.Resources[o.token].Outputs[string(k)] == nil {
			delete(out, k)
		}
	}
	return out
}

// text returns an input, or "" when it is not there.
func (o *operation) text(name string) string { return textOf(o.plain, name) }

func textOf(p resource.Properties, name string) string {
	if v := p[presource.PropertyKey(name)]; v.IsString() {
		return v.StringValue()
	}
	return ""
}

// list returns the strings of an input.
func (o *operation) list(name string) []string {
	all := []string{}
	if v := o.plain[presource.PropertyKey(name)]; v.IsArray() {
		for _, e := range v.ArrayValue() {
			if e.IsString() {
				all = append(all, e.StringValue())
			}
		}
	}
	return all
}

// or returns an input, or another text when it is not there.
func (o *operation) or(name, other string) string {
	if s := o.text(name); s != "" {
		return s
	}
	return other
}

// number returns an input, or another number when it is not there.
func (o *operation) number(name string, other float64) float64 {
	if v := o.plain[presource.PropertyKey(name)]; v.IsNumber() {
		return v.NumberValue()
	}
	return other
}

// other returns the outputs of another resource of this package, none when it is not remembered.
func (o *operation) other(token, id string) resource.Properties {
	r, found, err := o.records.get(token, id, nil)
	if err != nil || !found {
		return nil
	}
	out, err := o.records.outputs(r)
	if err != nil {
		return nil
	}
	return out
}

// name returns the resource's name: the input, or one that begins with the input namePrefix.
func (o *operation) name() string {
	rule, _ := o.nameOf(o.token)
	if s := o.text(rule.property); s != "" {
		return s
	}
	s := o.text(rule.property+"Prefix") + o.now.Format("20060102150405") + fmt.Sprintf("%012d", rand.Int64N(1e12))
	o.set(rule.property, s)
	return s
}

// settleName gives a resource that has only a name's prefix its name: the one it had, or a new one.
func (o *operation) settleName(kept resource.Properties) {
	rule, _ := o.nameOf(o.token)
	switch {
	case o.text(rule.property+"Prefix") == "" || o.text(rule.property) != "":
	case textOf(kept, rule.property) != "":
		o.set(rule.property, textOf(kept, rule.property))
	default:
		o.name()
	}
}

// set puts a text among the inputs that behaviours and forms see.
func (o *operation) set(name, text string) {
	o.plain[presource.PropertyKey(name)] = presource.NewProperty(text)
}

// digits returns a random number, as the AWS provider makes ids where AWS has none.
func digits() string { return strconv.FormatUint(uint64(rand.Uint32())+1e9, 10) }

// stamp is a time as IAM writes it.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// id returns a form's id function for ids with an EC2 prefix.
func id(prefix string) func(*operation) string {
	return func(*operation) string { return naming.ID(prefix) }
}

// input returns a form's id function for types whose id is one of their inputs.
func input(name string) func(*operation) string {
	return func(o *operation) string { return o.text(name) }
}

// byName is the id function of types whose id is their name.
func byName(o *operation) string { return o.name() }
