package buildkit

import (
	"context"
	"fmt"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/moby/buildkit/session/auth"
	"google.golang.org/grpc"
)

// login answers BuildKit's questions for the credentials of base images: those of the registry that the image is pushed
// to, and of others what the keychain has. Public images need none.
type login struct {
	auth.UnimplementedAuthServer // BuildKit then fetches tokens itself
	Login
	others authn.Keychain // may be nil
}

// Register adds the answers to a session.
func (l login) Register(server *grpc.Server) { auth.RegisterAuthServer(server, l) }

// Credentials are those of one registry.
func (l login) Credentials(ctx context.Context, ask *auth.CredentialsRequest) (*auth.CredentialsResponse, error) {
	switch {
	case l.Host != "" && ask.Host == l.Host:
		return &auth.CredentialsResponse{Username: l.Username, Secret: l.Password}, nil
	case l.others == nil:
		return &auth.CredentialsResponse{}, nil
	}
	found, err := authn.Resolve(ctx, l.others, host(ask.Host))
	if err != nil {
		return nil, fmt.Errorf("finding the login of %s: %w", ask.Host, err)
	}
	has, err := found.Authorization()
	if err != nil {
		return nil, fmt.Errorf("finding the login of %s: %w", ask.Host, err)
	}
	if has.IdentityToken != "" {
		return &auth.CredentialsResponse{Secret: has.IdentityToken}, nil
	}
	return &auth.CredentialsResponse{Username: has.Username, Secret: has.Password}, nil
}

// host is a registry to a keychain.
type host string

func (h host) String() string { return h.RegistryStr() }

// RegistryStr is the host as `docker login` writes it: Docker Hub, which BuildKit asks for by the host of its API, has
// another name there.
func (h host) RegistryStr() string {
	if h == "registry-1.docker.io" {
		return name.DefaultRegistry
	}
	return string(h)
}
