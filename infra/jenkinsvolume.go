package infra

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ebs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// volume is JENKINS_HOME: the logs of the builds, which nothing can make again. It outlives the host, and the stack too
// unless slipway:deleteJenkinsHome says otherwise.
func (j *Jenkins) volume(ctx *pulumi.Context) (*ebs.Volume, error) {
	args := &ebs.VolumeArgs{
		AvailabilityZone: pulumi.String(j.Network.Zone),
		Encrypted:        pulumi.Bool(true),
		Type:             pulumi.String("gp3"),
		Size:             pulumi.Int(j.config.JenkinsVolumeSize),
		Tags:             j.names.tags("jenkins-home"),
	}
	if j.config.KMSKeyArn != "" {
		args.KmsKeyId = pulumi.String(j.config.KMSKeyArn)
	}
	return ebs.NewVolume(ctx, j.names.name("jenkins-home"), args, j.child, pulumi.RetainOnDelete(!j.config.DeleteJenkinsHome))
}

// attach stops the host before it takes the volume away: Jenkins writes to it.
func (j *Jenkins) attach(ctx *pulumi.Context, volume *ebs.Volume) (pulumi.Resource, error) {
	return ec2.NewVolumeAttachment(ctx, j.names.name("jenkins-home"), &ec2.VolumeAttachmentArgs{
		DeviceName: pulumi.String("/dev/sdf"), VolumeId: volume.ID(), InstanceId: j.Instance.ID(),
		StopInstanceBeforeDetaching: pulumi.Bool(true),
	}, j.child, pulumi.DeleteBeforeReplace(true))
}
