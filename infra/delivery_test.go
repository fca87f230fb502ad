package infra

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/infra/config"
	"slipway/infra/outputs"
)

const (
	pipelineType = "aws:codepipeline/pipeline:Pipeline"
	actionType   = "aws:codepipeline/customActionType:CustomActionType"
	instanceType = "aws:ec2/instance:Instance"
	testKey      = "arn:aws:kms:us-east-1:000000000000:key/abc"
)

// deliveryVariants are configurations that between them declare everything a delivery stack can have.
var deliveryVariants = map[string]map[string]string{
	"plain": {},
	"wide": {"deployInfrastructure": "true", "environments": "dev,staging,prod", "kmsKeyArn": testKey, "keyName": "me",
		"secretsProvider": "awskms://alias/state?region=eu-west-1", "stateKeyArn": testKey, "notifyArn": "arn:aws:sns:us-east-1:000000000000:ops",
		"permissionsBoundaryArn": "arn:aws:iam::000000000000:policy/bound", "goProxy": "https://modules.example.com|direct", "goSumDb": "sum.example.com",
		"hostedZoneIds": "Z0123456789ABC", "notifyWebhook": "https://hooks.example.com/T0",
		"buildSecrets": `{"NPM_TOKEN":"/shop/npm-token"}`},
	"given": {"existingRepository": "there", "jenkinsVpcId": "vpc-0123456789abcdef0", "jenkinsSubnetId": "subnet-0123456789abcdef0", "jenkinsZone": "us-east-1b"},
	"github": {
		"connectionArn": "arn:aws:codestar-connections:us-east-1:000000000000:connection/abc", "githubRepository": "me/app",
		"jenkinsHostName": "jenkins.example.com",
	},
}

// deliveryProgram runs the program for stack delivery; what config leaves empty is left out.
func deliveryProgram(values map[string]string) (*recording, error) {
	return deliveryBeside(values, nil)
}

// deliveryBeside is deliveryProgram beside stacks whose last outputs are given.
func deliveryBeside(values map[string]string, stacks map[string]resource.PropertyMap) (*recording, error) {
	r := &recording{stacks: stacks}
	full := map[string]string{
		"slipway:kind": config.KindDelivery, "slipway:allowedCidr": "203.0.113.0/24", "slipway:workerBinary": testBinary(), "slipway:pulumiBinary": testBinary(),
		"slipway:jenkinsInstanceType": nativeType(),
		"slipway:backendUrl":          "s3://state.example/team/a?region=us-east-1&awssdk=v2",
	}
	for key, value := range values {
		full[config.Namespace+":"+key] = value
	}
	maps.DeleteFunc(full, func(_, value string) bool { return value == "" })
	return r, r.run("delivery", full)
}

// testBinary is the test itself, a program for this very machine.
func testBinary() string {
	path, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return path
}

// testSum is the SHA-256 of testBinary, in hexadecimal digits.
func testSum() (string, error) {
	content, err := os.ReadFile(testBinary())
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:]), err
}

func deliveryWith(t *testing.T, config map[string]string) *recording {
	t.Helper()
	r, err := deliveryProgram(config)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestDeliveryOrder(t *testing.T) {
	r := deliveryWith(t, nil)
	const rules, egress = "SecurityGroupEgressRule::slipway-delivery-jenkins-to-world-443", "Route::slipway-delivery-public"
	ready := "Association::slipway-delivery-jenkins-ready"
	needs(t, r.only(t, instanceType), rules, egress, "RouteTableAssociation::slipway-delivery-public-1", "CustomActionType::slipway-delivery-action",
		"RolePolicyAttachment::slipway-delivery-jenkins-jobs", "RolePolicyAttachment::slipway-delivery-jenkins-host",
		"RolePolicyAttachment::slipway-delivery-jenkins-ssm", "BucketObjectv2::slipway-delivery-slipway",
		"BucketObjectv2::slipway-delivery-slipway-sum", "BucketObjectv2::slipway-delivery-pulumi", "BucketObjectv2::slipway-delivery-pulumi-sum",
		"Volume::slipway-delivery-jenkins-home", "Eip::slipway-delivery-jenkins", "InstanceProfile::slipway-delivery-jenkins")
	needs(t, r.only(t, "aws:ssm/association:Association"), "Instance::slipway-delivery-jenkins", "VolumeAttachment::slipway-delivery-jenkins-home",
		"EipAssociation::slipway-delivery-jenkins", "RolePolicyAttachment::slipway-delivery-jenkins-ssm", egress, rules)
	needs(t, r.only(t, pipelineType), ready, "CustomActionType::slipway-delivery-action", "RolePolicy::slipway-delivery-pipeline",
		"BucketPolicy::slipway-delivery-artifacts", "BucketVersioningV2::slipway-delivery-artifacts")
	for _, object := range r.of("aws:s3/bucketObjectv2:BucketObjectv2") {
		needs(t, object, "BucketPolicy::slipway-delivery-artifacts",
			"BucketServerSideEncryptionConfigurationV2::slipway-delivery-artifacts")
	}
	needs(t, r.only(t, "aws:cloudwatch/eventTarget:EventTarget"), "Pipeline::slipway-delivery-pipeline", "RolePolicy::slipway-delivery-trigger")
	needs(t, r.only(t, "aws:ec2/eip:Eip"), egress)
}

func TestDeliveryIsTagged(t *testing.T) {
	untagged := append(slices.Clone(withoutTags), "aws:cloudwatch/eventTarget:EventTarget", "aws:ec2/volumeAttachment:VolumeAttachment",
		"aws:ec2/eipAssociation:EipAssociation", "aws:kms/alias:Alias", "aws:ecr/lifecyclePolicy:LifecyclePolicy")
	for name, config := range deliveryVariants {
		for _, d := range deliveryWith(t, config).all {
			setting := strings.HasPrefix(d.kind, "aws:s3/bucket") && d.kind != "aws:s3/bucketV2:BucketV2" && d.kind != "aws:s3/bucketObjectv2:BucketObjectv2"
			if !strings.HasPrefix(d.kind, "aws:") || slices.Contains(untagged, d.kind) || setting || d.read {
				continue
			}
			if d.text(`tags["slipway:stack"]`) != "delivery" {
				t.Errorf("%s: %s %s is not tagged", name, d.kind, d.name)
			}
		}
	}
}

func TestDeliveryOutputs(t *testing.T) {
	for name, want := range map[string]map[string]string{
		"plain": {
			outputs.PipelineName: "slipway-delivery", outputs.SourceCloneURL: "https://git.example.com/slipway", outputs.SourceRepository: "slipway",
			outputs.PipelineURL:  "https://us-east-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/slipway-delivery/view?region=us-east-1",
			outputs.SourceBranch: "main", outputs.ArtifactBucket: "slipway-delivery-artifacts-bucket", outputs.VPC: "slipway-delivery-vpc-id",
			outputs.ArtifactKey:     "arn:aws:kms:us-east-1:000000000000:key/slipway-delivery-artifacts",
			outputs.InternetGateway: "slipway-delivery-igw-id", outputs.PublicSubnet: "slipway-delivery-public-id",
			outputs.JenkinsInstance: "slipway-delivery-jenkins-id", outputs.JenkinsURL: "https://192.0.2.1:8443/",
			outputs.JenkinsAdminParameter: "/slipway/delivery/jenkins-admin", outputs.ActionType: "slipway-delivery/8180345",
			outputs.RepositoryURL: "registry.example.com/slipway", outputs.RepositoryName: "slipway",
			outputs.RepositoryArn: "arn:aws:test:us-east-1:000000000000:slipway-delivery-images",
		},
		"given": {
			outputs.VPC: "vpc-0123456789abcdef0", outputs.InternetGateway: "", outputs.PublicSubnet: "subnet-0123456789abcdef0",
			outputs.SourceRepository: "there", outputs.SourceCloneURL: "https://git.example.com/there",
		},
		"github": {outputs.SourceRepository: "me/app", outputs.SourceCloneURL: "", outputs.JenkinsURL: "https://jenkins.example.com:8443/"},
		"wide":   {outputs.ArtifactKey: testKey},
	} {
		exported := deliveryWith(t, deliveryVariants[name]).outputs(t)
		for output, text := range want {
			if exported[output] != text {
				t.Errorf("%s: %s is %q, want %q", name, output, exported[output], text)
			}
		}
		if len(exported) != len(deliveryWith(t, nil).outputs(t)) {
			t.Errorf("%s: outputs are %v", name, exported)
		}
	}
}

// outputs are the texts that the stack exports.
func (r *recording) outputs(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for name, value := range r.exported {
		texts[name] = fmt.Sprint(value)
	}
	return texts
}

func TestConsoleURL(t *testing.T) {
	config := map[string]string{"consoleUrl": "http://127.0.0.1:4500/console/"}
	want := "http://127.0.0.1:4500/console/codesuite/codepipeline/pipelines/slipway-delivery/view?region=us-east-1"
	if got := deliveryWith(t, config).outputs(t)[outputs.PipelineURL]; got != want {
		t.Errorf("got %s", got)
	}
}

// An invalid delivery is reported before anything is declared.
func TestDeliveryConfigErrors(t *testing.T) {
	script := filepath.Join(t.TempDir(), "slipway")
	if err := os.WriteFile(script, []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		config map[string]string
		want   []string
	}{
		"required":          {map[string]string{"allowedCidr": "", "backendUrl": "", "workerBinary": ""}, []string{"3 problem(s)", "slipway:allowedCidr", "slipway:backendUrl", "slipway:workerBinary"}},
		"no binary":         {map[string]string{"workerBinary": "/nowhere/slipway"}, []string{"slipway:workerBinary", "no such file"}},
		"not a program":     {map[string]string{"workerBinary": script}, []string{"slipway:workerBinary", "a program for Linux"}},
		"another processor": {map[string]string{"jenkinsInstanceType": otherProcessor()}, []string{"slipway:workerBinary", "slipway:jenkinsInstanceType"}},
		"own stack":         {map[string]string{"environments": "dev,delivery"}, []string{"slipway:environments", "the stack that Jenkins itself stands in"}},
		"equal names":       {map[string]string{"appName": "app", "environments": "feature-one-branch-1,feature-one-branch-2"}, []string{"slipway:environments", `"feature-one-branch-2"`, "those of feature-one-branch-1", "a shorter slipway:appName"}},
		"same names":        {map[string]string{"appName": "an-app-of-twenty-chr"}, []string{"slipway:environments", "a shorter slipway:appName"}},
	} {
		r, err := deliveryProgram(c.config)
		var problems *config.Error
		if !errors.As(err, &problems) {
			t.Errorf("%s: got %v", name, err)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q is not in\n%s", name, want, err)
			}
		}
		if len(r.all) > 1 {
			t.Errorf("%s: %d resources were declared", name, len(r.all))
		}
	}
}

// nativeArchitecture is that of the machine that runs the test, and so of testBinary.
func nativeArchitecture() string {
	if runtime.GOARCH == "arm64" {
		return config.ArchitectureARM
	}
	return config.ArchitectureX86
}

func nativeType() string {
	return map[string]string{config.ArchitectureX86: "t3.medium", config.ArchitectureARM: "t4g.medium"}[nativeArchitecture()]
}

func otherProcessor() string {
	return map[string]string{config.ArchitectureX86: "t4g.medium", config.ArchitectureARM: "t3.medium"}[nativeArchitecture()]
}
