// Package cloud asks AWS the few questions that a release asks: who am I, which
// images are there, what does the service run, is it healthy, what did it log.
// Answers are plain values; the interfaces stand where they are used.
package cloud

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/codecommit"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"slipway/automation/fault"
)

// A call is tried four times with at most five seconds between tries: the SDK's
// own waits of up to 20 s would hide a dead endpoint for minutes.
const (
	attempts   = 4
	maxBackoff = 5 * time.Second
)

// Cloud is one account in one region.
type Cloud struct {
	Region string

	sts  *sts.Client
	ecr  *ecr.Client
	ecs  *ecs.Client
	elb  *elb.Client
	logs *cloudwatchlogs.Client
	git  *codecommit.Client

	settings aws.Config // for call
	hosts    hosts
}

// New reads the usual AWS configuration: environment, shared files, instance
// role; AWS_ENDPOINT_URL moves every call to another endpoint. What the place
// says goes first. It makes no call; see Settings for its errors.
func New(ctx context.Context, at Place) (*Cloud, error) { return connect(ctx, at, maxBackoff) }

func connect(ctx context.Context, at Place, backoff time.Duration) (*Cloud, error) {
	cfg, err := Settings(ctx, at, config.WithRetryer(func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = attempts
			o.MaxBackoff = backoff
		})
	}))
	if err != nil {
		return nil, err
	}
	return &Cloud{
		Region:   cfg.Region,
		settings: cfg,
		sts:      sts.NewFromConfig(cfg),
		ecr:      ecr.NewFromConfig(cfg),
		ecs:      ecs.NewFromConfig(cfg),
		elb:      elb.NewFromConfig(cfg),
		logs:     cloudwatchlogs.NewFromConfig(cfg),
		git:      codecommit.NewFromConfig(cfg),
	}, nil
}

// Identity is who the credentials belong to, and where calls go.
type Identity struct {
	Account string `json:"account"`
	ARN     string `json:"arn"`
	Region  string `json:"region"`
}

// Identity asks STS whose the credentials are: any valid credentials may.
func (c *Cloud) Identity(ctx context.Context) (Identity, error) {
	out, err := c.sts.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if t, known := TroubleOf(err); known {
		return Identity{}, &fault.Error{Op: "ask AWS whose the credentials are", Cause: t.Cause, Next: t.Next, Code: fault.NotReady, Err: err}
	}
	if err != nil {
		return Identity{}, notReady("ask AWS whose the credentials are", err,
			"aws sts get-caller-identity --region "+c.Region)
	}
	return Identity{Account: aws.ToString(out.Account), ARN: aws.ToString(out.Arn), Region: c.Region}, nil
}

func notReady(op string, err error, next string) error {
	return &fault.Error{Op: op, Next: next, Code: fault.NotReady, Err: err}
}

func wrap(format string, err error, args ...any) error {
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), err)
}
