package delivery

import (
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/codepipeline"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
	"slipway/infra/jenkinshost"
	"slipway/infra/policy"
	"slipway/infra/scope"
)

// Pipeline takes each commit through the environments.
type Pipeline struct {
	pulumi.ResourceState
	Name, Arn pulumi.StringOutput
	// URL is the pipeline's page in the AWS console.
	URL pulumi.StringOutput

	args PipelineArgs
}

// PipelineArgs is what a pipeline stands on.
type PipelineArgs struct {
	Source    *Source
	Artifacts *Artifacts
	Action    *ActionType
	Jenkins   *jenkinshost.Host
}

// pipelineName has no random end: CodePipeline begins the keys of artifacts with it, and a bucket's rule names them.
// It is within the twenty characters that CodePipeline takes of it for that.
func pipelineName(names scope.Naming) string { return names.Base }

// NewPipeline declares the pipeline, once the Jenkins host has proved that it takes jobs: creating a pipeline starts it.
func NewPipeline(in scope.Scope, args PipelineArgs) (*Pipeline, error) {
	p := &Pipeline{args: args}
	return p, in.Component("Pipeline", "pipeline", p, p.declare)
}

func (p *Pipeline) declare(in scope.Scope) (pulumi.Map, error) {
	args := p.args
	role, permissions, err := pipelineRole(in, args)
	if err != nil {
		return nil, err
	}
	pipeline, err := codepipeline.NewPipeline(in.Ctx, in.Name("pipeline"), &codepipeline.PipelineArgs{
		Name:          pulumi.String(pipelineName(in.Naming)),
		PipelineType:  pulumi.String("V2"),
		ExecutionMode: pulumi.String(in.Config.ExecutionMode),
		RoleArn:       role.Arn,
		ArtifactStores: codepipeline.PipelineArtifactStoreArray{&codepipeline.PipelineArtifactStoreArgs{
			Type: pulumi.String("S3"), Location: args.Artifacts.Bucket.Bucket,
			EncryptionKey: &codepipeline.PipelineArtifactStoreEncryptionKeyArgs{Id: args.Artifacts.Key, Type: pulumi.String("KMS")},
		}},
		Stages: stages(in.Config, args.Source, args.Action),
		Tags:   in.Tags("pipeline"),
	}, in.Child, pulumi.DependsOn(slices.Concat([]pulumi.Resource{permissions}, args.Artifacts.Ready, args.Action.Ready, args.Jenkins.Ready)))
	if err != nil {
		return nil, err
	}
	if err := failures(in, pipelineName(in.Naming)); err != nil {
		return nil, err
	}
	p.Name, p.Arn = pipeline.Name, pipeline.Arn
	p.URL = pulumi.Sprintf("%s/codesuite/codepipeline/pipelines/%s/view?region=%s", console(in.Config, in.Where), p.Name, in.Where.Region)
	return pulumi.Map{"name": p.Name, "url": p.URL}, nil
}

// console is where AWS has its console in each partition, unless the configuration says otherwise.
func console(c *config.Config, where scope.Location) string {
	if c.ConsoleURL != "" {
		return c.ConsoleURL
	}
	hosts := map[string]string{"aws": "console.aws.amazon.com", "aws-cn": "console.amazonaws.cn", "aws-us-gov": "console.amazonaws-us-gov.com"}
	return "https://" + where.Region + "." + hosts[where.Partition]
}

func pipelineRole(in scope.Scope, args PipelineArgs) (*iam.Role, pulumi.Resource, error) {
	account := policy.Condition{"StringEquals": {"aws:SourceAccount": {in.Where.Account}}}
	role, err := policy.ServiceRole(in, "pipeline", "codepipeline.amazonaws.com", account)
	if err != nil {
		return nil, nil, err
	}
	document := pulumi.All(args.Artifacts.Bucket.Arn, args.Artifacts.Key, args.Source.Arn).ApplyT(func(arns []any) (string, error) {
		statements := append(artifactStatements(arns[0].(string), arns[1].(string)), args.Source.statements(arns[2].(string))...)
		if args.Source.onGitHub() { // "Access Denied" without it, although the bucket has no access lists (aws/aws-cdk#13557)
			statements = append(statements, policy.Allow(arns[0].(string)+"/*", "s3:PutObjectAcl"))
		}
		if in.Config.NotifyArn != "" {
			statements = append(statements, policy.Allow(in.Config.NotifyArn, "sns:Publish"))
		}
		return policy.Text(statements...)
	}).(pulumi.StringOutput)
	permissions, err := iam.NewRolePolicy(in.Ctx, in.Name("pipeline"), &iam.RolePolicyArgs{Role: role.Name, Policy: document}, in.Child)
	return role, permissions, err
}

// artifactStatements let the pipeline keep its artifacts. Its custom actions need nothing more: their worker gets
// credentials for the artifacts of its job from CodePipeline.
func artifactStatements(bucket, key string) []policy.Statement {
	return []policy.Statement{
		policy.Allow(bucket, "s3:GetBucketLocation", "s3:GetBucketVersioning"),
		policy.Allow(bucket+"/*", "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"),
		policy.Allow(key, "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext",
			"kms:ReEncryptFrom", "kms:ReEncryptTo"),
	}
}
