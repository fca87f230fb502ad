package engine

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/opthistory"
)

// lookedBack is how many operations of the history are looked through.
const lookedBack = 20

// Earlier is the configuration, with full keys, of the last update that worked before the newest one; values that are
// encrypted are left out. It is nil when there is none.
func (s *Stack) Earlier(ctx context.Context) (map[string]string, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	history, err := s.pulumi.History(ctx, lookedBack, 1, opthistory.ShowSecrets(false))
	if err != nil {
		return nil, s.wrap(ctx, "reading the history of", err, nil)
	}
	newest := true
	for _, operation := range history {
		switch {
		case operation.Kind != "update":
		case newest:
			newest = false
		case operation.Result == "succeeded":
			values := map[string]string{}
			for key, value := range operation.Config {
				if !value.Secret {
					values[key] = value.Value
				}
			}
			return values, nil
		}
	}
	return nil, nil
}
