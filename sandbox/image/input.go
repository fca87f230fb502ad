package image

import (
	"fmt"
	"strings"

	"github.com/distribution/reference"

	"slipway/sandbox/buildkit"
	"slipway/sandbox/resource"
)

// input is an Image as the program writes it.
type input struct {
	Name     string `json:"imageName"`
	Build    build  `json:"build"`
	SkipPush bool   `json:"skipPush"`
	Registry struct {
		Server   string `json:"server"`
		Username string `json:"username"`
		Password string `json:"password"`
	} `json:"registry"`
}

type build struct {
	Args       map[string]string `json:"args"`
	AddHosts   []string          `json:"addHosts"`
	Builder    string            `json:"builderVersion"`
	Context    string            `json:"context"`
	Dockerfile string            `json:"dockerfile"`
	Network    string            `json:"network"`
	Platform   string            `json:"platform"`
	Target     string            `json:"target"`
	CacheFrom  struct {
		Images []string `json:"images"`
	} `json:"cacheFrom"`
}

// decode reads inputs and refuses what cannot be built or pushed.
func decode(p resource.Properties) (input, error) {
	var in input
	if err := resource.Decode(p, &in); err != nil {
		return in, err
	}
	if in.Build.Builder == "BuilderV1" {
		return in, fmt.Errorf("builderVersion BuilderV1 is not available in the sandbox: only BuilderBuildKit is")
	}
	ref, err := reference.ParseNormalizedNamed(in.Name)
	if err != nil {
		return in, fmt.Errorf("imageName %q: %w", in.Name, err)
	}
	if _, digested := ref.(reference.Digested); digested {
		return in, fmt.Errorf("imageName %q: a name to build has a tag, no digest", in.Name)
	}
	if in.SkipPush || in.Registry.Server == "" {
		return in, nil
	}
	if host := host(in.Registry.Server); reference.Domain(ref) != host {
		return in, fmt.Errorf("imageName %q is not in the registry %s that it is to be pushed to", in.Name, host)
	}
	return in, nil
}

// host is the registry's host of a server that may be given with a scheme or a repository.
func host(server string) string {
	if _, rest, ok := strings.Cut(server, "://"); ok {
		server = rest
	}
	server, _, _ = strings.Cut(server, "/")
	if server == "index.docker.io" || server == "registry-1.docker.io" {
		return "docker.io"
	}
	return server
}

// repository is the part of the image's name before the tag, as docker writes it.
func (in input) repository() string {
	ref, _ := reference.ParseNormalizedNamed(in.Name) // parsed by decode
	return reference.FamiliarName(ref)
}

// tagged is the image's name with the tag that it gets when none is given.
func (in input) tagged() string {
	ref, _ := reference.ParseNormalizedNamed(in.Name)
	return reference.FamiliarString(reference.TagNameOnly(ref))
}

// image is what is built from a source.
func (in input) image(from source) buildkit.Image {
	b := in.Build
	i := buildkit.Image{
		Name: in.tagged(), Context: from.folder, Dockerfile: from.dockerfile, Target: b.Target, Platform: b.Platform,
		Network: b.Network, Arguments: b.Args, Hosts: b.AddHosts, CacheFrom: b.CacheFrom.Images,
	}
	if in.Registry.Server != "" {
		i.Login = buildkit.Login{Host: host(in.Registry.Server), Username: in.Registry.Username, Password: in.Registry.Password}
	}
	return i
}
