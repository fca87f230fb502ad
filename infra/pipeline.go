package infra

import (
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/codepipeline"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Pipeline takes each commit through the environments.
type Pipeline struct {
	pulumi.ResourceState
	Name, Arn pulumi.StringOutput
	// URL is the pipeline's page in the AWS console.
	URL pulumi.StringOutput
}

// PipelineArgs is what a pipeline stands on.
type PipelineArgs struct {
	Location  Location
	Source    *Source
	Artifacts *Artifacts
	Action    *ActionType
	Jenkins   *Jenkins
}

// pipelineName has no random end: CodePipeline begins the keys of artifacts with it, and a bucket's rule names them.
// It is within the twenty characters that CodePipeline takes of it for that.
func pipelineName(names naming) string { return names.base }

// NewPipeline declares the pipeline, once the Jenkins host has proved that it takes jobs: creating a pipeline starts it.
func NewPipeline(ctx *pulumi.Context, names naming, config *Config, args PipelineArgs) (*Pipeline, error) {
	p := &Pipeline{}
	if err := ctx.RegisterComponentResource("slipway:infra:Pipeline", names.name("pipeline"), p); err != nil {
		return nil, err
	}
	child := pulumi.Parent(p)
	role, permissions, err := pipelineRole(ctx, names, args, child)
	if err != nil {
		return nil, err
	}
	pipeline, err := codepipeline.NewPipeline(ctx, names.name("pipeline"), &codepipeline.PipelineArgs{
		Name:          pulumi.String(pipelineName(names)),
		PipelineType:  pulumi.String("V2"),
		ExecutionMode: pulumi.String(config.ExecutionMode),
		RoleArn:       role.Arn,
		ArtifactStores: codepipeline.PipelineArtifactStoreArray{&codepipeline.PipelineArtifactStoreArgs{
			Type: pulumi.String("S3"), Location: args.Artifacts.Bucket.Bucket,
			EncryptionKey: &codepipeline.PipelineArtifactStoreEncryptionKeyArgs{Id: args.Artifacts.Key, Type: pulumi.String("KMS")},
		}},
		Stages: stages(config, args.Source, args.Action),
		Tags:   names.tags("pipeline"),
	}, child, pulumi.DependsOn(slices.Concat([]pulumi.Resource{permissions}, args.Artifacts.Ready, args.Action.Ready, args.Jenkins.Ready)))
	if err != nil {
		return nil, err
	}
	p.Name, p.Arn = pipeline.Name, pipeline.Arn
	p.URL = pulumi.Sprintf("%s/codesuite/codepipeline/pipelines/%s/view?region=%s", console(config, args.Location), p.Name, args.Location.Region)
	return p, ctx.RegisterResourceOutputs(p, pulumi.Map{"name": p.Name, "url": p.URL})
}

// console is where AWS has its console in each partition, unless the configuration says otherwise.
func console(config *Config, where Location) string {
	if config.ConsoleURL != "" {
		return config.ConsoleURL
	}
	hosts := map[string]string{"aws": "console.aws.amazon.com", "aws-cn": "console.amazonaws.cn", "aws-us-gov": "console.amazonaws-us-gov.com"}
	return "https://" + where.Region + "." + hosts[where.Partition]
}

func pipelineRole(ctx *pulumi.Context, names naming, args PipelineArgs, child pulumi.ResourceOption) (*iam.Role, pulumi.Resource, error) {
	account := map[string]map[string]string{"StringEquals": {"aws:SourceAccount": args.Location.Account}}
	role, err := serviceRole(ctx, names, "pipeline", "codepipeline.amazonaws.com", account, child)
	if err != nil {
		return nil, nil, err
	}
	policy := pulumi.All(args.Artifacts.Bucket.Arn, args.Artifacts.Key, args.Source.Arn).ApplyT(func(arns []any) (string, error) {
		statements := append(artifactStatements(arns[0].(string), arns[1].(string)), args.Source.statements(arns[2].(string))...)
		return policyText(statements...)
	}).(pulumi.StringOutput)
	permissions, err := iam.NewRolePolicy(ctx, names.name("pipeline"), &iam.RolePolicyArgs{Role: role.Name, Policy: policy}, child)
	return role, permissions, err
}

// artifactStatements let the pipeline keep its artifacts. Its custom actions need nothing more: their worker gets
// credentials for the artifacts of its job from CodePipeline.
func artifactStatements(bucket, key string) []statement {
	return []statement{
		allow(bucket, "s3:GetBucketLocation", "s3:GetBucketVersioning"),
		allow(bucket+"/*", "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"),
		allow(key, "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext",
			"kms:ReEncryptFrom", "kms:ReEncryptTo"),
	}
}
