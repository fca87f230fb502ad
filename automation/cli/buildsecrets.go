package cli

import (
	"context"
	"fmt"
	"os"
	"strings"

	"slipway/automation/fault"
	"slipway/automation/recipe"
	"slipway/automation/release"
)

// buildsWithSecrets lets the engine itself build, with the secrets that slipway:build names. They are read from the
// environment now; one that is missing is an error when the image has to be built, and only then.
func (d *Deployer) buildsWithSecrets(ctx context.Context, o *release.Options, from recipe.Recipe) error {
	at, err := d.cloud(ctx, o.Environment)
	if err != nil {
		return err
	}
	secrets, missing := secretsOf(from.Settings.Secrets)
	for _, value := range secrets {
		d.Hide(string(value))
	}
	o.Docker = afterSecrets{o.Docker, missing}
	o.Images = release.EngineBuilder{Args: from.Args, Secrets: secrets, Login: at.Login, Hide: d.Hide, Sink: d.Sink}
	return nil
}

// secretsOf reads variables of the environment. An empty one is missing: nothing is no secret.
func secretsOf(names []string) (secrets map[string][]byte, missing []string) {
	secrets = map[string][]byte{}
	for _, name := range names {
		if value := os.Getenv(name); value != "" {
			secrets[name] = []byte(value)
		} else {
			missing = append(missing, name)
		}
	}
	return secrets, missing
}

// afterSecrets asks for the engine of a build once the build's secrets are there.
type afterSecrets struct {
	engine  release.Pinger
	missing []string // names of variables
}

func (a afterSecrets) Ping(ctx context.Context) error {
	if len(a.missing) == 0 {
		return a.engine.Ping(ctx)
	}
	return &fault.Error{
		Op:    "preparing the build",
		Cause: fmt.Sprintf("slipway:build.secrets names %s, and the environment of this process does not have it", strings.Join(a.missing, ", ")),
		Next:  "export " + a.missing[0] + "=…, then the same command; in a pipeline it is Jenkins that needs the variable (docs/configuration.md)",
		Code:  fault.BadInput,
	}
}
