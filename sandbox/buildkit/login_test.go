package buildkit

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/moby/buildkit/session/auth"
)

// logins are those of some registries, by the names that `docker login` gives them.
type logins map[string]authn.Authenticator

func (l logins) Resolve(of authn.Resource) (authn.Authenticator, error) {
	switch found, there := l[of.RegistryStr()]; {
	case !there:
		return authn.Anonymous, nil
	case found == nil:
		return nil, errors.New("no helper")
	default:
		return found, nil
	}
}

func TestCredentials(t *testing.T) {
	own := Login{"own:5000", "AWS", "own-password"}
	others := logins{
		"index.docker.io": &authn.Basic{Username: "ada", Password: "hub"}, "ghcr.io": authn.FromConfig(authn.AuthConfig{IdentityToken: "token"}), "broken": nil,
	}
	for _, c := range []struct {
		name, host, user, secret string
		from                     login
		fails                    bool
	}{
		{name: "the image's own registry", host: "own:5000", from: login{Login: own, others: others}, user: "AWS", secret: "own-password"},
		{name: "Docker Hub", host: "registry-1.docker.io", from: login{Login: own, others: others}, user: "ada", secret: "hub"},
		{name: "an identity token", host: "ghcr.io", from: login{Login: own, others: others}, secret: "token"},
		{name: "one without a login", host: "quay.io", from: login{Login: own, others: others}},
		{name: "no keychain", host: "ghcr.io", from: login{Login: own}},
		{name: "no login at all", host: "", from: login{}},
		{name: "a helper that is not there", host: "broken", from: login{Login: own, others: others}, fails: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.from.Credentials(context.Background(), &auth.CredentialsRequest{Host: c.host})
			if (err != nil) != c.fails {
				t.Fatal(err)
			}
			if got.GetUsername() != c.user || got.GetSecret() != c.secret {
				t.Errorf("%q, %q", got.GetUsername(), got.GetSecret())
			}
		})
	}
}
