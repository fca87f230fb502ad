package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/automation/engine"
	"slipway/automation/fault"
	"slipway/automation/project"
	"slipway/automation/recipe"
	"slipway/automation/release"
	"slipway/automation/ui"
	"slipway/images"
	"slipway/infra"
	"slipway/infra/config"
)

// imagesStack is the stack in which images are built. It stands on nothing but the registry.
const imagesStack = config.ImagesStack

// Deployer does what the commands do, for one project.
type Deployer struct {
	Project  *project.Project
	Sink     ui.Sink
	Hide     func(...string)     // is told secrets that must not be printed
	Hidden   func(string) string // is a text without them
	Verbose  bool                // also say what only matters where something is missing
	WaitLock time.Duration
	Timeout  time.Duration // of one operation on a stack, and of a release

	Commit              string // revision to release, HEAD when empty
	Unpacked            bool   // the project is an unpacked archive of Commit, without git
	Execution           string // the pipeline execution that releases, if one does
	BuildURL            string // the page of the build that releases, if one does
	AllowInfrastructure bool
	Supersede           bool      // end releases of older commits that are in progress
	Exception           exception // what a person lets through
}

// Deployer returns one for the session's project.
func (s *Session) Deployer() (*Deployer, error) {
	p, err := s.Project()
	if err != nil {
		return nil, err
	}
	return &Deployer{Project: p, Sink: s.Sink(), Hide: s.Hide, Hidden: s.hidden, Verbose: s.Verbose}, nil
}

// open opens a stack of the project.
func (d *Deployer) open(ctx context.Context, name string, program pulumi.RunFunc) (*engine.Stack, error) {
	s, err := d.openWith(ctx, name, program, nil)
	if err != nil || name != imagesStack {
		return s, err
	}
	if err := d.onlyImages(ctx, s); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// openWith opens a stack with configuration beside that of its file.
func (d *Deployer) openWith(ctx context.Context, name string, program pulumi.RunFunc, config map[string]string) (*engine.Stack, error) {
	return engine.Open(ctx, engine.Options{
		Project: d.Project, Name: name, Config: config, Program: program, Sink: d.Sink, WaitLock: d.WaitLock, Timeout: d.Timeout,
		Hide: d.Hide, Find: d.finder(name), Reads: d.reads(name),
	})
}

// reads are the stacks whose outputs the program of a stack reads: an environment's delivery.
func (d *Deployer) reads(name string) []string {
	values, err := d.Project.StackConfig(name)
	if err != nil || values[config.Namespace+":kind"] != config.KindEnvironment {
		return nil
	}
	return []string{orDefault(values[config.Namespace+":deliveryStack"], defaultDelivery)}
}

// Open opens a stack with the program of the project, after checking its configuration.
func (d *Deployer) Open(ctx context.Context, name string) (*engine.Stack, error) {
	if _, err := d.config(name); err != nil {
		return nil, err
	}
	own, err := d.own(name)
	if err != nil {
		return nil, err
	}
	extra, err := d.surroundings(own)
	if err != nil {
		return nil, err
	}
	return d.openWith(ctx, name, infra.In(d.Project.Root), extra)
}

// config reads and checks a stack's configuration.
func (d *Deployer) config(name string) (*config.Config, error) {
	own, err := d.own(name)
	if err != nil {
		return nil, err
	}
	extra, err := d.surroundings(own)
	if err != nil {
		return nil, err
	}
	for key, value := range extra {
		own[strings.TrimPrefix(key, config.Namespace+":")] = value
	}
	return config.Parse(config.Named(own, d.Project.Name))
}

// own reads the keys of a stack's file that are this program's, without their namespace.
func (d *Deployer) own(name string) (map[string]string, error) {
	if err := checkReserved(name); err != nil {
		return nil, err
	}
	values, err := d.Project.StackConfig(name)
	var wrong *project.BadStackName
	if errors.As(err, &wrong) {
		return nil, err
	}
	if err != nil {
		return nil, &fault.Error{Op: "reading the configuration of stack " + name, Cause: err.Error(), Code: fault.BadInput, Err: err}
	}
	if !d.Project.HasStackFile(name) {
		return nil, d.noStack(name)
	}
	own := map[string]string{}
	for key, value := range values {
		if short, ours := strings.CutPrefix(key, config.Namespace+":"); ours {
			own[short] = value
		}
	}
	return own, nil
}

func (d *Deployer) noStack(name string) error {
	next := fmt.Sprintf("write %s, with slipway:kind", d.Project.StackFile(name))
	if known, err := d.Project.Stacks(); err == nil && len(known) > 0 {
		next = "stacks of this project: " + strings.Join(known, ", ")
	}
	return &fault.Error{
		Op: "reading the configuration of stack " + name, Cause: "the project has no Pulumi." + name + ".yaml",
		Next: next, Code: fault.BadInput,
	}
}

// Up brings a stack to what its configuration says, without asking. An environment keeps the image that it has.
func (d *Deployer) Up(ctx context.Context, name string) error {
	u, err := d.upgrade(ctx, name, 0)
	if err != nil {
		return err
	}
	defer u.stack.Close()
	if err := u.prepare(ctx, false); err != nil {
		return err
	}
	_, err = u.apply(ctx)
	return err
}

// Deploy releases a commit of the app in a folder into an environment.
func (d *Deployer) Deploy(ctx context.Context, environment, app string) (release.Result, error) {
	options, done, err := d.prepare(ctx, environment, app)
	if err != nil {
		return release.Result{}, err
	}
	defer done()
	if d.Supersede {
		options.Supersedes = func(ctx context.Context, one, other string) bool { return older(ctx, app, one, other) }
	}
	return d.deliver(ctx, "deploy", options)
}

// deliver releases, tells of it, and deletes the images that are not needed after it where that is asked for.
func (d *Deployer) deliver(ctx context.Context, command string, o release.Options) (release.Result, error) {
	result, err := release.Deploy(ctx, o)
	result, err = d.told(ctx, command, o, result, err)
	if err == nil && result.Outcome == release.Released {
		if c, err := d.environment(o.Environment); err == nil && c.Gates.KeepImages > 0 {
			d.pruneAfter(ctx, c)
		}
	}
	return result, err
}

func (d *Deployer) prepare(ctx context.Context, environment, app string) (release.Options, func(), error) {
	config, err := d.environment(environment)
	if err != nil {
		return release.Options{}, nil, err
	}
	if err := d.checkUnpacked(); err != nil {
		return release.Options{}, nil, err
	}
	source, err := d.Project.Source(app)
	if err != nil {
		return release.Options{}, nil, badSource(err)
	}
	var commit project.Commit
	var from recipe.Recipe
	if here, err := os.Getwd(); d.Unpacked && err == nil {
		source = source.In(here)
	}
	if !d.Unpacked { // before AWS is asked anything
		if commit, from, err = d.committed(ctx, source, config); err != nil {
			return release.Options{}, nil, err
		}
	}
	options, done, err := d.target(ctx, environment)
	if err != nil {
		return options, nil, err
	}
	if d.Unpacked {
		commit = d.described(ctx, environment, options.Delivery)
		if from, err = d.recipe(ctx, source, commit, config); err != nil {
			done()
			return release.Options{}, nil, err
		}
	}
	options.Commit = release.Commit{Hash: commit.Hash, Author: commit.Author, Subject: commit.Subject}
	options.Source, options.Images, options.Explain = from.Identity, d.builds(from), from.Explain
	if len(from.Settings.Secrets) > 0 {
		if err := d.buildsWithSecrets(ctx, &options, from, config.DeliveryStack); err != nil {
			done()
			return release.Options{}, nil, err
		}
	}
	if err := d.guard(&options, config, nil); err != nil {
		done()
		return release.Options{}, nil, err
	}
	return options, done, nil
}

// target prepares a release into an environment, but for what to release.
func (d *Deployer) target(ctx context.Context, environment string) (release.Options, func(), error) {
	config, err := d.environment(environment)
	if err != nil {
		return release.Options{}, nil, err
	}
	at, err := d.cloud(ctx, environment)
	if err != nil {
		return release.Options{}, nil, err
	}
	target, delivery, err := d.stacks(ctx, environment, config.DeliveryStack)
	if err != nil {
		return release.Options{}, nil, err
	}
	objects, err := d.objects(ctx, delivery.Name())
	if err != nil {
		target.Close()
		delivery.Close()
		return release.Options{}, nil, err
	}
	options := release.Options{
		Environment: environment, Execution: d.Execution, BuildURL: d.BuildURL,
		Stack: target, Delivery: delivery, Objects: objects, Cloud: at, Docker: release.DockerEngine{},
		Sink: d.Sink, VersionPath: config.VersionPath, HealthPath: config.HealthPath, HealthStatus: config.HealthCheck.Matcher,
		AllowInfrastructure: d.AllowInfrastructure, Deadline: d.Timeout,
	}
	return options, func() { target.Close(); delivery.Close() }, nil
}

// older is whether a commit is an ancestor of another one, as far as the clone with a folder knows both.
func older(ctx context.Context, folder, one, other string) bool {
	return project.Git(ctx, folder, "merge-base", "--is-ancestor", "--end-of-options", one, other).Run() == nil
}

// environment reads and checks the configuration of a stack that must be an environment, with the files that it names.
func (d *Deployer) environment(name string) (*config.Config, error) {
	own, err := d.own(name)
	if err != nil {
		return nil, err
	}
	if own["kind"] == config.KindDelivery {
		return nil, &fault.Error{
			Op: "reading the arguments", Cause: "stack " + name + " is no environment", Code: fault.BadInput,
			Next: "slipway status lists the environments",
		}
	}
	c, err := config.Parse(config.Named(own, d.Project.Name))
	if err != nil {
		return nil, err
	}
	return c, c.ReadFiles(d.Project.Root)
}

func (d *Deployer) stacks(ctx context.Context, environment, delivery string) (target, registry *engine.Stack, err error) {
	name, err := d.deliveryOf(environment, delivery)
	if err != nil {
		return nil, nil, err
	}
	if target, err = d.open(ctx, environment, infra.In(d.Project.Root)); err != nil {
		return nil, nil, err
	}
	if registry, err = d.open(ctx, name, nil); err != nil {
		target.Close()
		return nil, nil, err
	}
	return target, registry, nil
}

// builds opens the stack that builds an image.
func (d *Deployer) builds(from recipe.Recipe) release.Builder {
	return release.StackBuilder{Open: func(ctx context.Context, to release.Target) (release.BuildStack, error) {
		return d.open(ctx, imagesStack, images.Program(from.Args(to.RepositoryURL)))
	}}
}

// platform is what images of an environment are built for.
func platform(c *config.Config) string {
	if c.Architecture == config.ArchitectureARM {
		return "linux/arm64"
	}
	return images.DefaultPlatform
}

// environments lists the stacks of the project that are environments.
func (d *Deployer) environments() ([]string, error) {
	all, err := d.Project.Stacks()
	if err != nil {
		return nil, err
	}
	var found []string
	for _, name := range all {
		if err := checkReserved(name); err != nil {
			return nil, err
		}
		values, err := d.Project.StackConfig(name)
		if err != nil {
			return nil, err
		}
		if values[config.Namespace+":kind"] == config.KindEnvironment {
			found = append(found, name)
		}
	}
	return found, nil
}
