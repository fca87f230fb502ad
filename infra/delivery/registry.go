package delivery

import (
	"encoding/json"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecr"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/scope"
)

// Registry is the ECR repository that every environment pulls from.
type Registry struct {
	pulumi.ResourceState
	// URL is what comes before the tag or digest in an image's reference.
	URL  pulumi.StringOutput
	Name pulumi.StringOutput
	Arn  pulumi.StringOutput
}

// NewRegistry declares a repository whose tags cannot be moved: a tag is a commit, for good.
func NewRegistry(in scope.Scope) (*Registry, error) {
	r := &Registry{}
	return r, in.Component("Registry", "registry", r, r.declare)
}

func (r *Registry) declare(in scope.Scope) (pulumi.Map, error) {
	repository, err := ecr.NewRepository(in.Ctx, in.Name("images"), &ecr.RepositoryArgs{
		Name:                       pulumi.String(in.Config.AppName),
		ImageTagMutability:         pulumi.String("IMMUTABLE"),
		ImageScanningConfiguration: &ecr.RepositoryImageScanningConfigurationArgs{ScanOnPush: pulumi.Bool(true)},
		EncryptionConfigurations:   repositoryEncryption(in.Config.KMSKeyArn),
		ForceDelete:                pulumi.Bool(in.Config.DeleteImages),
		Tags:                       in.Tags("images"),
	}, in.Child)
	if err != nil {
		return nil, err
	}
	policy, err := lifecycle()
	if err != nil {
		return nil, err
	}
	_, err = ecr.NewLifecyclePolicy(in.Ctx, in.Name("lifecycle"), &ecr.LifecyclePolicyArgs{
		Repository: repository.Name, Policy: pulumi.String(policy),
	}, in.Child)
	if err != nil {
		return nil, err
	}
	r.URL, r.Name, r.Arn = repository.RepositoryUrl, repository.Name, repository.Arn
	return pulumi.Map{"url": r.URL, "name": r.Name, "arn": r.Arn}, nil
}

func repositoryEncryption(key string) ecr.RepositoryEncryptionConfigurationArray {
	if key == "" {
		return ecr.RepositoryEncryptionConfigurationArray{&ecr.RepositoryEncryptionConfigurationArgs{EncryptionType: pulumi.String("AES256")}}
	}
	return ecr.RepositoryEncryptionConfigurationArray{&ecr.RepositoryEncryptionConfigurationArgs{
		EncryptionType: pulumi.String("KMS"), KmsKey: pulumi.String(key),
	}}
}

// lifecycle expires untagged images only, which no release can name. ECR cannot know which tagged image an
// environment runs or may roll back to: a rule by count or age would one day delete one of those. ECR itself
// keeps an untagged image for as long as a tagged index refers to it.
func lifecycle() (string, error) {
	type selection struct {
		TagStatus   string `json:"tagStatus"`
		CountType   string `json:"countType"`
		CountUnit   string `json:"countUnit"`
		CountNumber int    `json:"countNumber"`
	}
	type rule struct {
		RulePriority int               `json:"rulePriority"`
		Description  string            `json:"description"`
		Selection    selection         `json:"selection"`
		Action       map[string]string `json:"action"`
	}
	text, err := json.Marshal(map[string][]rule{"rules": {{
		RulePriority: 1, Description: "expire untagged images after 14 days",
		Selection: selection{"untagged", "sinceImagePushed", "days", 14},
		Action:    map[string]string{"type": "expire"},
	}}})
	return string(text), err
}
