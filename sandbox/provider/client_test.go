package provider_test

import (
	"strings"
	"testing"

	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"

	"slipway/sandbox/provider"
)

type (
	values     = map[string]any
	properties = presource.PropertyMap
)

var keep = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true}

// of makes the wire's properties of values; a PropertyValue among them stays as it is.
func of(t *testing.T, v values) *structpb.Struct {
	t.Helper()
	return wire(t, presource.NewPropertyMapFromMap(v))
}

func wire(t *testing.T, p properties) *structpb.Struct {
	t.Helper()
	s, err := plugin.MarshalProperties(p, keep)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func back(t *testing.T, s *structpb.Struct) properties {
	t.Helper()
	p, err := plugin.UnmarshalProperties(s, keep)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func urn(token, name string) string { return "urn:pulumi:dev::slipway::" + token + "::" + name }

// create makes a resource and returns its id and its outputs.
func create(t *testing.T, p *provider.Provider, token string, in values) (string, properties) {
	t.Helper()
	r, err := p.Create(t.Context(), &pulumirpc.CreateRequest{Urn: urn(token, "it"), Properties: of(t, in)})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetId(), back(t, r.GetProperties())
}

// contains fails the test when the error is none or another.
func contains(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error is %v, want %q", err, want)
	}
}

func key(name string) presource.PropertyKey { return presource.PropertyKey(name) }

func same(a, b any) bool {
	return presource.NewPropertyValue(a).DeepEquals(presource.NewPropertyValue(b))
}
