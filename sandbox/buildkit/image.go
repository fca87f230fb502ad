// Package buildkit builds images with the BuildKit of a Docker engine, from folders on this machine, and pushes them to
// registries, as the docker CLI does.
package buildkit

import (
	"strings"

	"github.com/docker/docker/api/types/registry"
	"github.com/docker/docker/client"
)

// Builder builds and pushes with an engine.
type Builder struct{ Engine *client.Client }

// Image is what is built and where it goes.
type Image struct {
	Name       string // repository:tag
	Context    string // absolute path of a folder
	Dockerfile string // absolute path of a file, which may lie outside of the context
	Target     string // a stage of the Dockerfile; empty for the last one
	Platform   string // such as linux/amd64; empty for the engine's own
	Network    string // of the steps; empty for the engine's default
	Arguments  map[string]string
	Hosts      []string // name:address, for the steps
	CacheFrom  []string // references of images
	Login      Login    // for the registry of Name, also as that of base images
}

// Login is for one registry; without a Host there is none.
type Login struct{ Host, Username, Password string }

func (l Login) config() registry.AuthConfig {
	return registry.AuthConfig{Username: l.Username, Password: l.Password, ServerAddress: l.Host}
}

// clean takes the password out of a text.
func (i Image) clean(text string) string {
	if i.Login.Password == "" {
		return text
	}
	return strings.ReplaceAll(text, i.Login.Password, "[secret]")
}
