// Package jenkinshost declares the host on which Jenkins builds and deploys.
package jenkinshost

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jonboulle/clockwork"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/images/jenkins"
	"slipway/infra/config"
	"slipway/infra/scope"
)

// Host is the machine that builds and deploys what the pipeline hands to it.
type Host struct {
	pulumi.ResourceState
	Network  *Network
	Instance *ec2.Instance
	LogGroup *cloudwatch.LogGroup
	// URL is where people reach Jenkins.
	URL pulumi.StringOutput
	// AdminParameter is the name of the SSM parameter with the password of the user admin. The host makes it at its
	// first boot, so that the password is in no state.
	AdminParameter string
	// Ready is what a pipeline has to wait for.
	Ready []pulumi.Resource

	in   scope.Scope
	args Args
}

// Args are the parts of delivery that the host uses.
type Args struct {
	// RegistryURL and RegistryArn are the ECR repository that the host pushes images to.
	RegistryURL, RegistryArn pulumi.StringOutput
	Bucket                   Bucket
	Action                   Action
	// Programs are slipway and Pulumi, which the host runs.
	Programs Programs
	// Clock measures how long a new host takes to come online; nil for that of the machine.
	Clock clockwork.Clock
}

// Bucket is the bucket that the host fetches its program from and reports to.
type Bucket struct {
	Name, Arn pulumi.StringOutput
	// Key is the ARN of the KMS key that everything in it is encrypted with.
	Key pulumi.StringOutput
	// Ready are the settings that have to be in force before anything is put into it.
	Ready []pulumi.Resource
}

// Action is the custom action type whose jobs the worker takes.
type Action struct {
	Provider, Version string
	// Ready is what has to exist before the worker asks for jobs.
	Ready []pulumi.Resource
}

// New declares the host and waits until it takes jobs.
func New(in scope.Scope, args Args) (*Host, error) {
	network, err := newNetwork(in)
	if err != nil {
		return nil, err
	}
	if args.Clock == nil {
		args.Clock = clockwork.NewRealClock()
	}
	h := &Host{Network: network, args: args, AdminParameter: "/" + in.App + "/" + in.Stack + "/jenkins-admin"}
	return h, in.Component("Jenkins", "jenkins", h, func(in scope.Scope) (pulumi.Map, error) {
		h.in = in
		if err := h.declare(); err != nil {
			return nil, err
		}
		return pulumi.Map{"instance": h.Instance.ID(), "url": h.URL}, nil
	})
}

func (h *Host) declare() (err error) {
	if err := h.logGroup(); err != nil {
		return err
	}
	profile, permissions, err := h.profile()
	if err != nil {
		return err
	}
	slipway, first, err := h.args.Programs.Slipway.store(h.in, h.args.Bucket)
	if err != nil {
		return err
	}
	cli, second, err := h.args.Programs.Pulumi.store(h.in, h.args.Bucket)
	if err != nil {
		return err
	}
	address, err := h.address()
	if err != nil {
		return err
	}
	volume, err := h.volume()
	if err != nil {
		return err
	}
	data := h.userData(address, volume.ID().ToStringOutput(), slipway, cli)
	needs := slices.Concat(permissions, h.Network.Ready, h.args.Action.Ready, first, second)
	if err := h.instance(profile, data, needs); err != nil {
		return err
	}
	attached, err := h.attach(volume)
	if err != nil {
		return err
	}
	reachable, err := h.associate(address)
	if err != nil {
		return err
	}
	if err := h.readiness(append(needs, attached, reachable)); err != nil {
		return err
	}
	return h.alarms()
}

func (h *Host) logGroup() (err error) {
	h.LogGroup, err = cloudwatch.NewLogGroup(h.in.Ctx, h.in.Name("logs"), &cloudwatch.LogGroupArgs{
		Name:            pulumi.String("/slipway/" + h.in.App + "/" + h.in.Stack),
		RetentionInDays: pulumi.Int(h.in.Config.LogRetentionDays),
		KmsKeyId:        scope.Optional(h.in.Config.KMSKeyArn),
		Tags:            h.in.Tags("logs"),
	}, h.in.Child)
	return err
}

// userData tells the host what it needs to know, and no secret.
func (h *Host) userData(address *ec2.Eip, volume, slipway, cli pulumi.StringOutput) pulumi.StringOutput {
	public := address.PublicIp
	if h.in.Config.JenkinsHostName != "" {
		public = pulumi.String(h.in.Config.JenkinsHostName).ToStringOutput()
	}
	h.URL = public.ApplyT(URL).(pulumi.StringOutput)
	known := pulumi.All(public, volume, slipway, cli, h.args.RegistryURL, h.LogGroup.Name, h.args.Bucket.Name, h.args.Bucket.Key)
	return known.ApplyT(func(v []any) (string, error) {
		told := h.told()
		told.PublicAddress, told.DataVolume, told.BinaryURI, told.PulumiURI = v[0].(string), v[1].(string), v[2].(string), v[3].(string)
		told.Registry, _, _ = strings.Cut(v[4].(string), "/")
		told.LogGroup, told.KeyArn = v[5].(string), v[7].(string)
		told.ReadinessURI = "s3://" + v[6].(string) + "/" + strings.TrimSuffix(ReadinessPrefix, "/")
		return jenkins.UserDataBase64(told)
	}).(pulumi.StringOutput)
}

// told is what is known of the host before anything is made.
func (h *Host) told() jenkins.Args {
	c := h.in.Config
	args := jenkins.Args{
		Region: h.in.Where.Region, JobName: c.JobName, AdminParameter: h.AdminParameter, Source: h.args.Programs.Slipway.source,
		ActionProvider: h.args.Action.Provider, ActionVersion: h.args.Action.Version,
		BackendURL: c.BackendURL, GoProxy: c.GoProxy, GoSumDB: c.GoSumDB,
		Architecture: config.ArchitectureOf(c.JenkinsInstanceType), DeployInfrastructure: c.DeployInfrastructure,
	}
	if strings.HasPrefix(c.SecretsProvider, "awskms://") {
		args.SecretsProvider = c.SecretsProvider // the host has no credentials for any other
	}
	if c.ProjectFolder != "." {
		args.ProjectFolder = c.ProjectFolder
	}
	if c.NotifyArn != "" {
		args.Heartbeat = h.in.Base
	}
	return args
}

// URL is where people reach Jenkins on a host, by its name or address.
func URL(host string) string { return fmt.Sprintf("https://%s:%d/", host, port) }

// instance is replaced when it is told anything new, because cloud-init acts on a first boot only. The old one has to go
// first: there is one address and one volume. A newer machine image alone is no reason to replace it, but
// another slipway:jenkinsImage is.
//
// Only processes of the host itself reach the metadata service: its answers do not travel to a container.
func (h *Host) instance(profile pulumi.StringOutput, userData pulumi.StringOutput, needs []pulumi.Resource) error {
	image, kept, err := h.image()
	if err != nil {
		return err
	}
	h.Instance, err = ec2.NewInstance(h.in.Ctx, h.in.Name("jenkins"), &ec2.InstanceArgs{
		Ami:                     pulumi.String(image),
		InstanceType:            pulumi.String(h.in.Config.JenkinsInstanceType),
		SubnetId:                h.Network.Subnet,
		VpcSecurityGroupIds:     pulumi.StringArray{h.Network.Group.ID()},
		IamInstanceProfile:      profile,
		UserDataBase64:          userData,
		UserDataReplaceOnChange: pulumi.Bool(true),
		MetadataOptions: &ec2.InstanceMetadataOptionsArgs{
			HttpEndpoint: pulumi.String("enabled"), HttpTokens: pulumi.String("required"), HttpPutResponseHopLimit: pulumi.Int(1),
		},
		// Until it has its own address, it has another one: an agent without a network would sleep for minutes. Reading the
		// instance tells the two from none only (hashicorp/terraform-provider-aws#37318), so that the own one is no change.
		AssociatePublicIpAddress: pulumi.Bool(true),
		RootBlockDevice:          h.rootDisk(),
		KeyName:                  scope.Optional(h.in.Config.KeyName),
		Tags:                     h.in.Tags("jenkins"),
	}, h.in.Child,
		pulumi.DependsOn(needs), pulumi.DeleteBeforeReplace(true), pulumi.IgnoreChanges(kept))
	return err
}

func (h *Host) rootDisk() *ec2.InstanceRootBlockDeviceArgs {
	return &ec2.InstanceRootBlockDeviceArgs{
		Encrypted: pulumi.Bool(true), VolumeType: pulumi.String("gp3"), VolumeSize: pulumi.Int(30),
		DeleteOnTermination: pulumi.Bool(true), KmsKeyId: scope.Optional(h.in.Config.KMSKeyArn), Tags: h.in.Tags("jenkins"),
	}
}

// image is the machine image, and which inputs of the instance stay as they were when it was made. Whether it has a public
// address changes by itself while it is stopped.
func (h *Host) image() (id string, kept []string, err error) {
	const address = "associatePublicIpAddress"
	if h.in.Config.JenkinsImage != "" {
		return h.in.Config.JenkinsImage, []string{address}, nil
	}
	id, err = h.amazonLinux(config.ArchitectureOf(h.in.Config.JenkinsInstanceType))
	return id, []string{"ami", address}, err
}

// amazonLinux is the newest image of Amazon Linux 2023, from the parameter that AWS keeps for it.
func (h *Host) amazonLinux(architecture string) (string, error) {
	name := "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-" + architecture
	found, err := ssm.LookupParameter(h.in.Ctx, &ssm.LookupParameterArgs{Name: name})
	if err != nil {
		return "", fmt.Errorf("asking for the machine image %s: %w", name, err)
	}
	return found.InsecureValue, nil
}
