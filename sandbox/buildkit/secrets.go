package buildkit

import (
	"context"

	"github.com/moby/buildkit/session/secrets"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// kept answers BuildKit's questions for the secrets of RUN --mount=type=secret, by their id.
type kept map[string][]byte

// Register adds the answers to a session.
func (k kept) Register(server *grpc.Server) { secrets.RegisterSecretsServer(server, k) }

// GetSecret answers NotFound for a secret that was not given: whether the step needs it is said by its required=true.
func (k kept) GetSecret(_ context.Context, ask *secrets.GetSecretRequest) (*secrets.GetSecretResponse, error) {
	value, there := k[ask.ID]
	if !there {
		return nil, status.Errorf(codes.NotFound, "there is no build secret %q", ask.ID)
	}
	return &secrets.GetSecretResponse{Data: value}, nil
}
