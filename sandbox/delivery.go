package sandbox

import (
	"context"
	"io"
	"os"
	"sync"
	"time"

	"slipway/sandbox/codecommit"
	"slipway/sandbox/codepipeline"
	"slipway/sandbox/console"
	"slipway/sandbox/events"
	"slipway/sandbox/jenkins"
	"slipway/sandbox/s3"
	"slipway/sandbox/secretsmanager"
	"slipway/sandbox/sigv4"
	"slipway/sandbox/sns"
	"slipway/sandbox/ssm"
)

// pollEvery is the pause between two questions of a worker for jobs. AWS would be asked less often.
const pollEvery = "SLIPWAY_WORKER_POLL=500ms"

// credentialTTL is how long a job's credentials are good for on AWS.
const credentialTTL = 15 * time.Minute

// newDelivery puts together what a push takes to a deployment. Where one part calls another that is made after it,
// an adapter below finds it when it is called.
func (s *services) newDelivery() (err error) {
	if err = s.newState(); err != nil {
		return err
	}
	if s.sns, err = sns.New(s.store, s.config.Region, sns.Options{Dir: s.config.topicsDir()}); err != nil {
		return err
	}
	if s.events, err = events.New(s.store, s.config.Region, events.Options{Starter: starter{s}, Topics: s.sns, Log: s.log}); err != nil {
		return err
	}
	if s.codecommit, err = codecommit.New(s.store, s.config.Region, codecommit.Options{
		Dir: s.config.gitDir(), URL: s.config.Endpoint(), Keys: s.keys, Events: s.events, Authorize: s.authority.git, Log: s.log,
	}); err != nil {
		return err
	}
	if s.codepipeline, err = codepipeline.New(s.store, s.config.Region, codepipeline.Options{
		Source: source{s.codecommit}, Artifacts: artifacts{s.s3}, Keys: issuer{s.keys}, Events: s.events, Topics: s.sns, Console: s.config.consoleURL(),
		CredentialTTL: credentialTTL, Log: s.log, // whole at any speed: a build is not faster here
	}); err != nil {
		return err
	}
	s.console = console.New(pages{s.codepipeline}, console.Options{Region: string(s.config.Region), Log: s.log})
	return s.newHosts()
}

// newHosts makes the part that runs Jenkins, with the parameters that its hosts read.
func (s *services) newHosts() (err error) {
	if s.ssm, err = ssm.New(s.store, s.config.Region, ssm.Options{
		Secret: s.secret, Encryption: s.kms,
		Hosts: ssm.HostsFunc(func(ctx context.Context, instance string) error { return s.jenkins.Ready(ctx, instance) }),
	}); err != nil {
		return err
	}
	if s.secretsmanager, err = secretsmanager.New(s.store, s.config.Region, secretsmanager.Options{Secret: s.secret, Encryption: s.kms}); err != nil {
		return err
	}
	s.jenkins, err = jenkins.New(s.store, s.config.Region, jenkins.Options{
		Dir: s.config.Dir, Objects: artifacts{s.s3}, Parameters: s.ssm, Roles: roles{s},
		Env: sync.OnceValue(s.config.hostEnvironment), WorkerEnv: []string{pollEvery},
		Path: os.Getenv("PATH"), Log: s.log,
	})
	return err
}

// bus is EventBridge for the services that are made before it.
type bus struct{ *services }

func (b bus) Publish(ctx context.Context, source, detailType string, resources []string, detail any) error {
	return b.events.Publish(ctx, source, detailType, resources, detail)
}

// starter lets events start pipelines.
type starter struct{ *services }

func (s starter) StartByEvent(ctx context.Context, pipeline, rule, token string) (string, error) {
	return s.codepipeline.StartByEvent(ctx, pipeline, rule, token)
}

// source is CodeCommit as pipelines see it.
type source struct{ *codecommit.Service }

func (s source) Head(ctx context.Context, repository, branch string) (codepipeline.Commit, error) {
	c, err := s.Service.Head(ctx, repository, branch)
	return codepipeline.Commit{ID: c.ID, Message: c.Message, AuthorDate: c.AuthorDate, CommitterDate: c.CommitterDate}, err
}

// artifacts is S3 as pipelines see it.
type artifacts struct{ *s3.Service }

func (a artifacts) Put(ctx context.Context, bucket, key string, r io.Reader) error {
	_, err := a.Service.Put(ctx, bucket, key, r)
	return err
}

// issuer gives the workers of jobs credentials for the job's objects alone.
type issuer struct{ *sigv4.Keys }

func (i issuer) Issue(_ context.Context, read, write []codepipeline.Object, ttl time.Duration) (codepipeline.Credentials, error) {
	scope := sigv4.Scope{Read: names(read), Write: names(write)}
	c, err := i.Keys.Issue(scope, ttl)
	return codepipeline.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken}, err
}

func names(objects []codepipeline.Object) []string {
	all := make([]string, len(objects))
	for i, o := range objects {
		all[i] = o.Bucket + "/" + o.Key
	}
	return all
}
