package provider

import (
	"encoding/json"
	"fmt"
	"sync/atomic"

	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"

	"slipway/sandbox/resource"
	"slipway/sandbox/schema"
	"slipway/sandbox/seal"
	"slipway/sandbox/store"
)

// record is what is remembered of a resource. Secret properties are in it sealed, or not at all.
type record struct {
	Type    string          `json:"type"`
	ID      string          `json:"id"`
	URN     string          `json:"urn"`
	Inputs  json.RawMessage `json:"inputs"`
	Outputs json.RawMessage `json:"outputs"`
	Sealed  []byte          `json:"sealed,omitempty"` // the secret outputs
}

// records are the resources of one package.
type records struct {
	table   *store.Table[record]
	seal    *seal.Seal // nil remembers no secrets
	changes atomic.Uint64
}

func newRecords(s *store.Store, name string, secret []byte) (*records, error) {
	var keeper *seal.Seal
	if len(secret) > 0 {
		var err error
		if keeper, err = seal.New(secret); err != nil {
			return nil, err
		}
	}
	t, err := store.NewTable[record](s, "provider/"+name)
	return &records{table: t, seal: keeper}, err
}

// apart names the output that tells the resources of a type apart when several have one id for a while:
// the revisions of a task definition have their family's.
var apart = map[string]presource.PropertyKey{"aws:ecs/taskDefinition:TaskDefinition": "arn"}

// recordKey returns where a resource with these outputs is remembered.
func recordKey(token, id string, out resource.Properties) string {
	key := token + " " + id
	if output, several := apart[token]; several {
		key += " " + textOf(out, string(output))
	}
	return key
}

func (r *records) get(token, id string, out resource.Properties) (record, bool, error) {
	return r.table.Get(recordKey(token, id, out))
}

func (r *records) delete(token, id string, out resource.Properties) error {
	defer r.changes.Add(1)
	return r.table.Delete(recordKey(token, id, out))
}

// put remembers a resource.
func (r *records) put(o *operation, out resource.Properties) error {
	types := o.Schema.Resources[o.token]
	in, _, err := o.split(types.Inputs, o.in)
	if err != nil {
		return err
	}
	open, secret, err := o.split(types.Outputs, out)
	if err != nil {
		return err
	}
	v := record{Type: o.token, ID: o.id, URN: string(o.urn), Inputs: in, Outputs: open, Sealed: r.seal.Close("", secret)}
	defer r.changes.Add(1)
	if err := r.table.Put(recordKey(o.token, o.id, out), v); err != nil {
		return fmt.Errorf("remembering it: %w", err)
	}
	return nil
}

// split writes the properties without a secret and those with one as JSON.
// A secret is what the program has marked as one, and what the schema has.
func (o *operation) split(types map[string]*schema.Property, p resource.Properties) (open, secret []byte, err error) {
	clear, hidden := resource.Properties{}, resource.Properties{}
	for k, v := range p {
		if v.ContainsSecrets() || o.Schema.Secret(types[string(k)], v) {
			hidden[k] = v
		} else {
			clear[k] = v
		}
	}
	if open, err = toJSON(clear); err != nil || len(hidden) == 0 {
		return open, nil, err
	}
	secret, err = toJSON(hidden)
	return open, secret, err
}

// outputs returns all outputs of a record that can be read again.
func (r *records) outputs(v record) (resource.Properties, error) {
	out, err := fromJSON(v.Outputs)
	if err != nil {
		return nil, err
	}
	secret, err := r.seal.Open("", v.Sealed)
	if err != nil {
		return nil, fmt.Errorf("reading remembered secret properties: %w", err)
	}
	if secret == nil {
		return out, nil
	}
	hidden, err := fromJSON(secret)
	for k, v := range hidden {
		out[k] = presource.MakeSecret(v)
	}
	return out, err
}

func (v record) inputs() (resource.Properties, error) { return fromJSON(v.Inputs) }

// Known returns the outputs of every resource of a type that exists, with their ids.
func (p *Provider) Known(token string) ([]resource.Properties, error) { return p.records.all(token) }

// Changes counts the resources that were created, changed and deleted since the provider was made.
func (p *Provider) Changes() uint64 { return p.records.changes.Load() }

// all returns the outputs of every resource of a type.
func (r *records) all(token string) ([]resource.Properties, error) {
	values, err := r.table.Under(token + " ")
	if err != nil {
		return nil, err
	}
	var all []resource.Properties
	for _, v := range values {
		out, err := r.outputs(v)
		if err != nil {
			return nil, err
		}
		out["id"] = presource.NewProperty(v.ID)
		all = append(all, out)
	}
	return all, nil
}

func toJSON(p resource.Properties) ([]byte, error) {
	s, err := plugin.MarshalProperties(p, plugin.MarshalOptions{ElideAssetContents: true})
	if err != nil {
		return nil, err
	}
	return protojson.Marshal(s)
}

func fromJSON(b []byte) (resource.Properties, error) {
	if len(b) == 0 {
		return resource.Properties{}, nil
	}
	var s structpb.Struct
	if err := protojson.Unmarshal(b, &s); err != nil {
		return nil, err
	}
	return plugin.UnmarshalProperties(&s, plugin.MarshalOptions{})
}
