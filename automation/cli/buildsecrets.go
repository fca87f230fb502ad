package cli

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"slipway/automation/fault"
	"slipway/automation/project"
	"slipway/automation/recipe"
	"slipway/automation/release"
)

// buildSecretsKey is the key of a delivery stack that says where secrets of builds are.
const buildSecretsKey = project.Namespace + ":buildSecrets"

// buildsWithSecrets lets the engine itself build, with the secrets that slipway:build names. They are read when the image has
// to be built, and only then.
func (d *Deployer) buildsWithSecrets(ctx context.Context, o *release.Options, from recipe.Recipe, delivery string) error {
	at, err := d.cloud(ctx, o.Environment)
	if err != nil {
		return err
	}
	secrets := map[string][]byte{}
	o.Docker = afterSecrets{o.Docker, func(ctx context.Context) error {
		return d.readSecrets(ctx, o.Environment, delivery, from.Settings.Secrets, secrets)
	}}
	o.Images = release.EngineBuilder{Args: from.Args, Secrets: secrets, Login: at.Login, Hide: d.Hide, Sink: d.Sink}
	return nil
}

// readSecrets reads variables of the environment, and for those that it has not the parameters of SSM that the delivery stack
// names. An empty one is missing: nothing is no secret.
func (d *Deployer) readSecrets(ctx context.Context, environment, delivery string, names []string, into map[string][]byte) error {
	stack, err := d.deliveryOf(environment, delivery)
	if err != nil {
		return err
	}
	var kept map[string]string
	if err := d.Project.StackObject(stack, buildSecretsKey, &kept); err != nil {
		return err
	}
	parameters := map[string]string{}
	var missing []string
	for _, name := range names {
		if value := os.Getenv(name); value != "" {
			d.Hide(value)
			into[name] = []byte(value)
		} else if parameters[name] = kept[name]; kept[name] == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return noSecret(missing)
	}
	return d.fetchSecrets(ctx, stack, parameters, into)
}

// fetchSecrets reads the parameters of secrets where their delivery stack is.
func (d *Deployer) fetchSecrets(ctx context.Context, delivery string, parameters map[string]string, into map[string][]byte) error {
	if len(parameters) == 0 {
		return nil
	}
	at, err := d.cloud(ctx, delivery)
	if err != nil {
		return err
	}
	wanted := slices.Compact(slices.Sorted(maps.Values(parameters)))
	values, err := at.Parameters(ctx, wanted)
	if err != nil {
		return &fault.Error{
			Op: "reading the build's secrets", Cause: err.Error(), Code: fault.NotReady, Err: err,
			Next: "see that " + buildSecretsKey + " in Pulumi." + delivery + ".yaml names parameters that are there; then slipway up " + delivery + ", which lets Jenkins read them",
		}
	}
	for name, parameter := range parameters {
		d.Hide(values[parameter])
		into[name] = []byte(values[parameter])
	}
	return nil
}

func noSecret(missing []string) error {
	return &fault.Error{
		Op:    "preparing the build",
		Cause: fmt.Sprintf("slipway:build.secrets names %s, and the environment of this process does not have it", strings.Join(missing, ", ")),
		Next:  "export " + missing[0] + "=…, then the same command; for a pipeline name a parameter of SSM in " + buildSecretsKey + " (docs/configuration.md)",
		Code:  fault.BadInput,
	}
}

// afterSecrets asks for the engine of a build once the build's secrets are there.
type afterSecrets struct {
	engine release.Pinger
	read   func(context.Context) error
}

func (a afterSecrets) Ping(ctx context.Context) error {
	if err := a.read(ctx); err != nil {
		return err
	}
	return a.engine.Ping(ctx)
}
