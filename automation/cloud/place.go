package cloud

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/logging"
)

// Place is where a stack's configuration sends Pulumi's AWS provider: its keys aws:region, aws:profile and
// aws:assumeRole. What is empty comes from the environment, as for the provider.
type Place struct {
	Region, Profile string
	Role            Role
}

// Role is the role of aws:assumeRole, as far as it is supported here (pulumi-aws 6.83, ProviderAssumeRole).
type Role struct {
	ARN         string `yaml:"roleArn"`
	ExternalID  string `yaml:"externalId"`
	SessionName string `yaml:"sessionName"`
}

// Settings are the SDK's for a place. Without a region it answers a fault that says where to set one; it makes no call.
func Settings(ctx context.Context, at Place, options ...func(*config.LoadOptions) error) (aws.Config, error) {
	if at.Region != "" {
		options = append(options, config.WithRegion(at.Region))
	}
	if at.Profile != "" {
		options = append(options, config.WithSharedConfigProfile(at.Profile))
	}
	options = append(options, config.WithLogger(logging.Nop{})) // what matters comes as an error
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return cfg, notReady("read the AWS configuration", err, "check AWS_PROFILE, aws:profile and ~/.aws/config")
	}
	if cfg.Region == "" {
		return cfg, notReady("read the AWS configuration", errors.New("no region is set"),
			"export AWS_REGION=us-east-1, or set region in the profile")
	}
	if at.Role.ARN != "" {
		cfg.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), at.Role.ARN, at.Role.options))
	}
	return cfg, nil
}

func (r Role) options(o *stscreds.AssumeRoleOptions) {
	if r.ExternalID != "" {
		o.ExternalID = aws.String(r.ExternalID)
	}
	if r.SessionName != "" {
		o.RoleSessionName = r.SessionName
	}
}
