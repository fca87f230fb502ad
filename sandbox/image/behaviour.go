package image

import (
	"context"
	"fmt"

	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/buildkit"
	"slipway/sandbox/resource"
)

// contextDigest is the input that changes with the files of the build.
const contextDigest = "__contextDigest"

type images struct{ s *Service }

var (
	_ resource.Behaviour   = images{}
	_ resource.Checker     = images{}
	_ resource.Indifferent = images{}
)

// Check finds the files of the build and adds a digest of them. While their place is not known it adds none.
func (b images) Check(ctx context.Context, in resource.Properties) (resource.Properties, error) {
	out := in.Copy()
	settings := known(in["build"])
	if settings.IsComputed() {
		return out, nil
	}
	var at build
	if settings.IsObject() {
		for name, to := range map[presource.PropertyKey]*string{"context": &at.Context, "dockerfile": &at.Dockerfile} {
			v := known(settings.ObjectValue()[name])
			if v.IsComputed() {
				return out, nil
			}
			if v.IsString() {
				*to = v.StringValue()
			}
		}
	}
	from, err := at.source()
	if err != nil {
		return nil, err
	}
	digest, err := from.digest(ctx)
	if err != nil {
		return nil, err
	}
	out[contextDigest] = presource.NewProperty(digest)
	return out, nil
}

// known takes a value out of what marks it as secret or as an output.
func known(v presource.PropertyValue) presource.PropertyValue {
	for {
		switch {
		case v.IsSecret():
			v = v.SecretValue().Element
		case v.IsOutput() && v.OutputValue().Known:
			v = v.OutputValue().Element
		case v.IsOutput():
			return presource.MakeComputed(presource.NewProperty(""))
		default:
			return v
		}
	}
}

// Indifferent are the credentials: a registry hands out new ones all the time.
func (images) Indifferent() []string { return []string{"registry.password", "registry.username"} }

// Create builds and pushes. The id is the image's name.
func (b images) Create(ctx context.Context, in resource.Properties) (string, resource.Properties, error) {
	out, err := b.make(ctx, in)
	if err != nil {
		return "", nil, err
	}
	return out["imageName"].StringValue(), out, nil
}

// Update builds and pushes again; what did not change comes out of the engine's cache.
func (b images) Update(ctx context.Context, _ string, in resource.Properties) (resource.Properties, error) {
	return b.make(ctx, in)
}

// Delete leaves the image where it was pushed to, as the docker provider does.
func (images) Delete(context.Context, string) error { return nil }

func (b images) make(ctx context.Context, p resource.Properties) (resource.Properties, error) {
	in, err := decode(p)
	if err != nil {
		return nil, err
	}
	from, err := in.Build.source()
	if err != nil {
		return nil, err
	}
	if err := b.s.checkPlatform(ctx, in.Build.Platform); err != nil {
		return nil, err
	}
	builder, image := buildkit.Builder{Engine: b.s.engine}, in.image(from)
	built, err := builder.Build(ctx, image)
	if err != nil {
		return nil, err
	}
	if !in.SkipPush {
		digest, err := builder.Push(ctx, image)
		if err != nil {
			return nil, err
		}
		built = fmt.Sprintf("%s@%s", in.repository(), digest)
	}
	return in.outputs(from, built)
}

func (in input) outputs(from source, digest string) (resource.Properties, error) {
	out := map[string]any{
		"baseImageName": in.Name, "imageName": in.Name, "repoDigest": digest, "registryServer": in.Registry.Server,
		"context": from.folder, "dockerfile": from.relative(),
	}
	if in.Build.Platform != "" {
		out["platform"] = in.Build.Platform
	}
	return resource.Encode(out)
}
