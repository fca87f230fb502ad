package image

import (
	"context"

	"github.com/moby/buildkit/session/auth"
	"google.golang.org/grpc"
)

// login answers BuildKit's questions for the credentials of base images: those of the registry that the image is pushed
// to. Of every other registry it knows nothing, and public images need none.
type login struct {
	auth.UnimplementedAuthServer // BuildKit then fetches tokens itself
	host, username, password     string
}

func (in input) session() login {
	l := in.login()
	return login{host: l.ServerAddress, username: l.Username, password: l.Password}
}

// Register adds the answers to a session.
func (l login) Register(server *grpc.Server) { auth.RegisterAuthServer(server, l) }

// Credentials are those of one registry.
func (l login) Credentials(_ context.Context, ask *auth.CredentialsRequest) (*auth.CredentialsResponse, error) {
	if l.host == "" || ask.Host != l.host {
		return &auth.CredentialsResponse{}, nil
	}
	return &auth.CredentialsResponse{Username: l.username, Secret: l.password}, nil
}
