package provider

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"google.golang.org/protobuf/types/known/structpb"

	"slipway/sandbox/resource"
)

// unmarshal reads properties as the engine sends them, with secrets and unknown values in place.
func unmarshal(s *structpb.Struct) (resource.Properties, error) {
	return plugin.UnmarshalProperties(s, plugin.MarshalOptions{
		KeepUnknowns: true, KeepSecrets: true, KeepResources: true,
	})
}

// marshal is the reverse of unmarshal.
func marshal(p resource.Properties) (*structpb.Struct, error) {
	return plugin.MarshalProperties(p, plugin.MarshalOptions{
		KeepUnknowns: true, KeepSecrets: true, KeepResources: true,
	})
}
