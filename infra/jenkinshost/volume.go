package jenkinshost

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ebs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/scope"
)

// volume is JENKINS_HOME: the logs of the builds, which nothing can make again. It outlives the host, and the stack too
// unless slipway:deleteJenkinsHome says otherwise.
func (h *Host) volume() (*ebs.Volume, error) {
	return ebs.NewVolume(h.in.Ctx, h.in.Name("jenkins-home"), &ebs.VolumeArgs{
		AvailabilityZone: pulumi.String(h.Network.Zone),
		Encrypted:        pulumi.Bool(true),
		Type:             pulumi.String("gp3"),
		Size:             pulumi.Int(h.in.Config.JenkinsVolumeSize),
		KmsKeyId:         scope.Optional(h.in.Config.KMSKeyArn),
		Tags:             h.in.Tags("jenkins-home"),
	}, h.in.Child, pulumi.RetainOnDelete(!h.in.Config.DeleteJenkinsHome))
}

// attach stops the host before it takes the volume away: Jenkins writes to it.
func (h *Host) attach(volume *ebs.Volume) (pulumi.Resource, error) {
	return ec2.NewVolumeAttachment(h.in.Ctx, h.in.Name("jenkins-home"), &ec2.VolumeAttachmentArgs{
		DeviceName: pulumi.String("/dev/sdf"), VolumeId: volume.ID(), InstanceId: h.Instance.ID(),
		StopInstanceBeforeDetaching: pulumi.Bool(true),
	}, h.in.Child, pulumi.DeleteBeforeReplace(true))
}
