package delivery

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/codecommit"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/codepipeline"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/policy"
	"slipway/infra/scope"
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
// A repository of its own is kept when the stack is destroyed, unless slipway:deleteRepository says otherwise: nothing can
// make again what is in it. The next stack finds it as slipway:existingRepository.
func NewSource(in scope.Scope) (*Source, error) {
	s := &Source{branch: in.Config.Branch, connection: in.Config.ConnectionArn}
	return s, in.Component("Source", "source", s, func(in scope.Scope) (pulumi.Map, error) {
		err := s.find(in)
		return pulumi.Map{"repository": s.Repository, "cloneUrl": s.CloneURL, "arn": s.Arn}, err
	})
}

func (s *Source) find(in scope.Scope) error {
	if s.onGitHub() {
		s.Repository = pulumi.String(in.Config.GitHubRepository).ToStringOutput()
		s.CloneURL, s.Arn = pulumi.String("").ToStringOutput(), pulumi.String(in.Config.ConnectionArn).ToStringOutput()
		return nil
	}
	repository, err := codeCommit(in)
	if err != nil {
		return err
	}
	s.Repository, s.CloneURL, s.Arn = repository.RepositoryName, repository.CloneUrlHttp, repository.Arn
	return nil
}

// codeCommit is encrypted in any case: without slipway:kmsKeyArn with the key that CodeCommit keeps for an account.
func codeCommit(in scope.Scope) (*codecommit.Repository, error) {
	if in.Config.ExistingRepository != "" {
		return codecommit.GetRepository(in.Ctx, in.Name("source"), pulumi.ID(in.Config.ExistingRepository), nil, in.Child)
	}
	return codecommit.NewRepository(in.Ctx, in.Name("source"), &codecommit.RepositoryArgs{
		RepositoryName: pulumi.String(in.Config.RepositoryName),
		Description:    pulumi.String("Source of " + in.App),
		KmsKeyId:       scope.Optional(in.Config.KMSKeyArn),
		Tags:           in.Tags("source"),
	}, in.Child, pulumi.RetainOnDelete(!in.Config.DeleteRepository))
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
func (s *Source) statements(arn string) []policy.Statement {
	if s.onGitHub() {
		return []policy.Statement{policy.Allow(arn, useConnection(arn))}
	}
	return []policy.Statement{policy.Allow(arn, "codecommit:CancelUploadArchive", "codecommit:GetBranch", "codecommit:GetCommit",
		"codecommit:GetUploadArchiveStatus", "codecommit:UploadArchive")}
}
