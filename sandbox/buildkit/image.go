// Package buildkit builds images with the BuildKit of a Docker engine, from folders on this machine, and pushes them to
// registries, as the docker CLI does.
package buildkit

import (
	"slices"
	"strings"

	"github.com/docker/docker/api/types/registry"
	"github.com/docker/docker/client"
	"github.com/google/go-containerregistry/pkg/authn"
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
	Hosts      []string          // name:address, for the steps
	CacheFrom  []string          // references of images
	Login      Login             // for the registry of Name, also as that of base images
	Secrets    map[string][]byte // for RUN --mount=type=secret, by id; each at most 500 KiB
	Logins     authn.Keychain    // for base images of other registries; nil for none
	Step       func(name string) // is told every step that begins; may be nil
}

// tell passes on a step that begins.
func (i Image) tell(step string) {
	if i.Step != nil {
		i.Step(step)
	}
}

// Login is for one registry; without a Host there is none.
type Login struct{ Host, Username, Password string }

func (l Login) config() registry.AuthConfig {
	return registry.AuthConfig{Username: l.Username, Password: l.Password, ServerAddress: l.Host}
}

// clean takes the password and the secrets out of a text.
func (i Image) clean(text string) string {
	hidden := []string{i.Login.Password}
	for _, value := range i.Secrets {
		hidden = append(hidden, string(value), strings.TrimSpace(string(value)))
	}
	slices.SortFunc(hidden, func(a, b string) int { return len(b) - len(a) }) // one may be a part of another
	for _, value := range hidden {
		if value != "" {
			text = strings.ReplaceAll(text, value, "[secret]")
		}
	}
	return text
}
