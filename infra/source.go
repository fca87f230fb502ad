package infra

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/codecommit"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/codepipeline"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Source is the git repository that the pipeline follows.
type Source struct {
	pulumi.ResourceState
	// Repository is the name of the CodeCommit repository, or owner/name on GitHub.
	Repository pulumi.StringOutput
	// CloneURL is where git clones from by HTTPS; empty for GitHub.
	CloneURL pulumi.StringOutput
	// Arn is the repository's; for GitHub it is the connection's.
	Arn pulumi.StringOutput

	branch, connection string
}

// NewSource declares a CodeCommit repository of its own, or finds one that is there, or names one on GitHub.
//
// A repository of its own goes with the stack, like everything else: nothing else needs it, so that
// `pulumi state protect` on it and `pulumi destroy --exclude-protected` keep it and only it.
func NewSource(ctx *pulumi.Context, names naming, config *Config) (*Source, error) {
	s := &Source{branch: config.Branch, connection: config.ConnectionArn}
	if err := ctx.RegisterComponentResource("slipway:infra:Source", names.name("source"), s); err != nil {
		return nil, err
	}
	if err := s.find(ctx, names, config, pulumi.Parent(s)); err != nil {
		return nil, err
	}
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{"repository": s.Repository, "cloneUrl": s.CloneURL, "arn": s.Arn})
}

func (s *Source) find(ctx *pulumi.Context, names naming, config *Config, child pulumi.ResourceOption) error {
	if s.onGitHub() {
		s.Repository = pulumi.String(config.GitHubRepository).ToStringOutput()
		s.CloneURL, s.Arn = pulumi.String("").ToStringOutput(), pulumi.String(config.ConnectionArn).ToStringOutput()
		return nil
	}
	repository, err := codeCommit(ctx, names, config, child)
	if err != nil {
		return err
	}
	s.Repository, s.CloneURL, s.Arn = repository.RepositoryName, repository.CloneUrlHttp, repository.Arn
	return nil
}

// codeCommit is encrypted in any case: without slipway:kmsKeyArn with the key that CodeCommit keeps for an account.
func codeCommit(ctx *pulumi.Context, names naming, config *Config, child pulumi.ResourceOption) (*codecommit.Repository, error) {
	if config.ExistingRepository != "" {
		return codecommit.GetRepository(ctx, names.name("source"), pulumi.ID(config.ExistingRepository), nil, child)
	}
	args := &codecommit.RepositoryArgs{
		RepositoryName: pulumi.String(config.RepositoryName),
		Description:    pulumi.String("Source of " + names.app),
		Tags:           names.tags("source"),
	}
	if config.KMSKeyArn != "" {
		args.KmsKeyId = pulumi.String(config.KMSKeyArn)
	}
	return codecommit.NewRepository(ctx, names.name("source"), args, child)
}

func (s *Source) onGitHub() bool { return s.connection != "" }

// action is what the stage Source does. A zip is the only form that a custom action can read, and an event starts the
// pipeline, so it does not poll.
func (s *Source) action() *codepipeline.PipelineStageActionArgs {
	action := &codepipeline.PipelineStageActionArgs{
		Name: pulumi.String(actionSource), Category: pulumi.String("Source"), Owner: pulumi.String("AWS"),
		Provider: pulumi.String("CodeCommit"), Version: pulumi.String("1"),
		Namespace: pulumi.String(actionSource), OutputArtifacts: pulumi.StringArray{pulumi.String(sourceArtifact)},
		RunOrder: pulumi.Int(1),
		Configuration: pulumi.StringMap{
			"RepositoryName": s.Repository, "BranchName": pulumi.String(s.branch),
			"PollForSourceChanges": pulumi.String("false"), "OutputArtifactFormat": pulumi.String("CODE_ZIP"),
		},
	}
	if s.onGitHub() {
		action.Provider = pulumi.String("CodeStarSourceConnection")
		action.Configuration = pulumi.StringMap{
			"ConnectionArn": pulumi.String(s.connection), "FullRepositoryId": s.Repository, "BranchName": pulumi.String(s.branch),
			"DetectChanges": pulumi.String("true"), "OutputArtifactFormat": pulumi.String("CODE_ZIP"),
		}
	}
	return action
}

// statements let the pipeline read the repository (CodePipeline user guide, "Manage the CodePipeline service role").
func (s *Source) statements(arn string) []statement {
	if s.onGitHub() {
		return []statement{allow(arn, useConnection(arn))}
	}
	return []statement{allow(arn, "codecommit:CancelUploadArchive", "codecommit:GetBranch", "codecommit:GetCommit",
		"codecommit:GetUploadArchiveStatus", "codecommit:UploadArchive")}
}
