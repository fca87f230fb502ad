package sandbox

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"sync"

	"github.com/jonboulle/clockwork"

	"slipway/sandbox/acm"
	"slipway/sandbox/codecommit"
	"slipway/sandbox/codepipeline"
	"slipway/sandbox/console"
	"slipway/sandbox/ecr"
	"slipway/sandbox/ecs"
	"slipway/sandbox/ecs/engine"
	"slipway/sandbox/elbv2"
	"slipway/sandbox/events"
	"slipway/sandbox/image"
	"slipway/sandbox/jenkins"
	"slipway/sandbox/kms"
	"slipway/sandbox/logs"
	"slipway/sandbox/network"
	"slipway/sandbox/provider"
	"slipway/sandbox/resource"
	"slipway/sandbox/rules"
	"slipway/sandbox/s3"
	"slipway/sandbox/schema"
	"slipway/sandbox/secretsmanager"
	"slipway/sandbox/sigv4"
	"slipway/sandbox/sns"
	"slipway/sandbox/ssm"
	"slipway/sandbox/store"
	"slipway/sandbox/sts"
)

// services are the parts of a sandbox that do something. None of them knows another:
// what one needs of another it gets here, as an interface of its own.
type services struct {
	config Config
	store  *store.Store
	log    *slog.Logger
	secret []byte // seals what is secret in the state
	engine *engine.Engine
	sts    *sts.Service
	ecr    *ecr.Service
	acm    *acm.Service
	elbv2  *elbv2.Service

	network *network.Network
	logs    *logs.Service
	ecs     *ecs.Service
	image   *image.Service

	// What a push takes to a deployment; delivery.go puts them together.
	keys         *sigv4.Keys
	authority    *authority
	endpoint     func() http.Handler // the front, made when it is first asked for
	kms          *kms.Service
	s3           *s3.Service
	codecommit   *codecommit.Service
	events       *events.Service
	codepipeline *codepipeline.Service
	ssm          *ssm.Service
	sns          *sns.Service

	secretsmanager *secretsmanager.Service
	jenkins        *jenkins.Service
	remembered     *provider.Provider // the provider for aws, which knows the resources that nothing runs
	console        *console.Console
}

func newServices(c Config, st *store.Store, log *slog.Logger) (*services, error) {
	s := &services{config: c, store: st, log: log}
	s.sts = sts.New(roles{s})
	s.endpoint = sync.OnceValue(s.front)
	s.authority = &authority{services: s}
	s.network = network.New(declared{s}, c.Region)
	var err error
	if s.secret, err = os.ReadFile(c.secretFile()); err != nil {
		return nil, err
	}
	if s.engine, err = engine.New(c.ID); err != nil {
		return nil, err
	}
	if s.ecr, err = ecr.New(st, c.Region, ecr.Options{
		Dir: c.registryDir(), Addr: fmt.Sprintf("127.0.0.1:%d", c.Ports.Registry), Events: bus{s}, Log: log,
	}); err != nil {
		return nil, taken("the registry", c.Ports.Registry, err)
	}
	if s.acm, err = acm.New(st, c.Region, acm.Options{
		File: c.authorityFile(), Secret: s.secret, Users: func(arn string) []string { return s.elbv2.Listening(arn) },
	}); err != nil {
		return nil, err
	}
	if s.elbv2, err = elbv2.New(st, c.Region, elbv2.Options{
		Speed: float64(c.Speed), FirstPort: c.Ports.LoadBalancers, Network: s.network, Certificates: s.acm, Log: log,
	}); err != nil {
		return nil, err
	}
	if s.logs, err = logs.New(st, c.Region, c.logsDir(), clockwork.NewRealClock()); err != nil {
		return nil, err
	}
	if s.ecs, err = ecs.New(ecs.Config{
		ID: c.ID, Store: st, Region: c.Region, Engine: s.engine, Balancer: s.elbv2, Network: s.network, Logs: s.logs, Credentials: s.ecr, Events: bus{s},
		Secrets: secrets{s}, Roles: taskRoles{s}, Endpoint: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.endpoint().ServeHTTP(w, r) }),
		Speed: float64(c.Speed), Log: log,
	}); err != nil {
		return nil, err
	}
	if s.image, err = image.New(); err != nil {
		return nil, err
	}
	return s, s.newDelivery()
}

// parts are the services of AWS. What each of them has of these, the sandbox has: an API, the Behaviours of resource types,
// the Functions of the provider, and a Run in the background.
func (s *services) parts() []any {
	return []any{
		s.sts, s.acm, s.ecr, s.ecs, s.elbv2, s.logs, s.s3, s.codecommit, s.events, s.codepipeline, s.ssm, s.kms, s.secretsmanager, s.sns, s.jenkins,
	}
}

// those are the parts that have what T names.
func those[T any](s *services) (all []T) {
	for _, part := range s.parts() {
		if one, has := part.(T); has {
			all = append(all, one)
		}
	}
	return all
}

// providers are what Pulumi's engine calls.
func (s *services) providers() (forAWS, forDocker *provider.Provider, err error) {
	behaviours, functions := map[string]resource.Behaviour{}, map[string]resource.Function{}
	for _, one := range those[interface {
		Behaviours() map[string]resource.Behaviour
	}](s) {
		maps.Copy(behaviours, one.Behaviours())
	}
	for _, one := range those[interface {
		Functions() map[string]resource.Function
	}](s) {
		maps.Copy(functions, one.Functions())
	}
	options := provider.Options{Region: s.config.Region, Store: s.store, Secret: s.secret, Log: s.log}
	options.Schema, options.Version = schema.AWS(), "6.83.2"
	options.Behaviours, options.Functions = behaviours, functions
	options.Rules = rules.New(declared{s}, s.config.Region)
	if forAWS, err = provider.New(options); err != nil {
		return nil, nil, err
	}
	s.remembered = forAWS
	options.Schema, options.Version = schema.Docker(), "4.10.0"
	options.Behaviours, options.Functions, options.Rules = s.image.Behaviours(), nil, nil
	forDocker, err = provider.New(options)
	return forAWS, forDocker, err
}
