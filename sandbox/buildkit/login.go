package buildkit

import (
	"context"

	"github.com/moby/buildkit/session/auth"
	"google.golang.org/grpc"
)

// login answers BuildKit's questions for the credentials of base images: those of the registry that the image is pushed
// to. Of every other registry it knows nothing, and public images need none.
type login struct {
	auth.UnimplementedAuthServer // BuildKit then fetches tokens itself
	Login
}

// Register adds the answers to a session.
func (l login) Register(server *grpc.Server) { auth.RegisterAuthServer(server, l) }

// Credentials are those of one registry.
func (l login) Credentials(_ context.Context, ask *auth.CredentialsRequest) (*auth.CredentialsResponse, error) {
	if l.Host == "" || ask.Host != l.Host {
		return &auth.CredentialsResponse{}, nil
	}
	return &auth.CredentialsResponse{Username: l.Username, Secret: l.Password}, nil
}
