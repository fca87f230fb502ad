package environment

import (
	"encoding/base64"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
	"slipway/infra/scope"
)

// machineImage is a parameter that EC2 looks up at each launch, so that a new release of the ECS-optimized
// Amazon Linux 2023 shows no difference in the stack: it arrives with the next instance.
func machineImage(architecture string) string {
	segment := ""
	if architecture == config.ArchitectureARM {
		segment = "arm64/"
	}
	return "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/" + segment + "recommended/image_id"
}

// launchTemplate keeps containers away from the host's credentials: a session token is needed for the metadata
// service, and its answers do not travel the one hop further that a bridged container is away.
func (h *hosts) launchTemplate(cluster pulumi.StringOutput, profile *iam.InstanceProfile) (*ec2.LaunchTemplate, error) {
	return ec2.NewLaunchTemplate(h.in.Ctx, h.in.Name("hosts"), &ec2.LaunchTemplateArgs{
		ImageId:              pulumi.String(machineImage(h.in.Config.Architecture)),
		InstanceType:         pulumi.String(h.in.Config.InstanceType),
		IamInstanceProfile:   &ec2.LaunchTemplateIamInstanceProfileArgs{Arn: profile.Arn},
		UpdateDefaultVersion: pulumi.Bool(true),
		UserData:             cluster.ApplyT(userData).(pulumi.StringOutput),
		MetadataOptions: &ec2.LaunchTemplateMetadataOptionsArgs{
			HttpEndpoint: pulumi.String("enabled"), HttpTokens: pulumi.String("required"), HttpPutResponseHopLimit: pulumi.Int(1),
		},
		BlockDeviceMappings: ec2.LaunchTemplateBlockDeviceMappingArray{&ec2.LaunchTemplateBlockDeviceMappingArgs{
			DeviceName: pulumi.String("/dev/xvda"), Ebs: h.rootDisk(),
		}},
		NetworkInterfaces: ec2.LaunchTemplateNetworkInterfaceArray{&ec2.LaunchTemplateNetworkInterfaceArgs{
			DeviceIndex:              pulumi.Int(0),
			AssociatePublicIpAddress: pulumi.String(strconv.FormatBool(h.network.HostsArePublic)),
			DeleteOnTermination:      pulumi.String("true"),
			SecurityGroups:           pulumi.StringArray{h.firewall.Hosts.ID()},
		}},
		TagSpecifications: ec2.LaunchTemplateTagSpecificationArray{
			&ec2.LaunchTemplateTagSpecificationArgs{ResourceType: pulumi.String("volume"), Tags: h.in.Tags("host")},
		},
		KeyName: scope.Optional(h.in.Config.KeyName),
		Tags:    h.in.Tags("hosts"),
	}, h.in.Child)
}

// rootDisk is 30 GiB, the size of the snapshot in the ECS-optimized image.
func (h *hosts) rootDisk() *ec2.LaunchTemplateBlockDeviceMappingEbsArgs {
	return &ec2.LaunchTemplateBlockDeviceMappingEbsArgs{
		Encrypted: pulumi.String("true"), VolumeType: pulumi.String("gp3"), VolumeSize: pulumi.Int(30),
		DeleteOnTermination: pulumi.String("true"), KmsKeyId: scope.Optional(h.in.Config.KMSKeyArn),
	}
}

// userData configures the ECS agent. An image by digest never changes, so one that is on the host is not pulled again:
// `once` does that and leaves the agent's removal of unused images on, which prefer-cached would turn off until the disk
// is full (ECS developer guide, "Container image pull behavior").
func userData(cluster string) string {
	return base64.StdEncoding.EncodeToString([]byte(`#!/bin/bash
set -euo pipefail
cat >>/etc/ecs/ecs.config <<'END'
ECS_CLUSTER=` + cluster + `
ECS_AWSVPC_BLOCK_IMDS=true
ECS_IMAGE_PULL_BEHAVIOR=once
END
`))
}
