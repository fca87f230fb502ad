package infra

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/images/jenkins"
)

// Jenkins is the host that builds and deploys what the pipeline hands to it.
type Jenkins struct {
	pulumi.ResourceState
	Network  *JenkinsNetwork
	Instance *ec2.Instance
	LogGroup *cloudwatch.LogGroup
	// URL is where people reach Jenkins.
	URL pulumi.StringOutput
	// AdminParameter is the name of the SSM parameter with the password of the user admin. The host makes it at its
	// first boot, so that the password is in no state.
	AdminParameter string
	// Ready is what a pipeline has to wait for.
	Ready []pulumi.Resource

	names  naming
	config *Config
	args   JenkinsArgs
	child  pulumi.ResourceOption
}

// JenkinsArgs is what the Jenkins host stands on.
type JenkinsArgs struct {
	Location  Location
	Registry  *Registry
	Artifacts *Artifacts
	Action    *ActionType
	// Program is the slipway that the host runs.
	Program executable
}

// NewJenkins declares the host and waits until it takes jobs.
func NewJenkins(ctx *pulumi.Context, names naming, config *Config, args JenkinsArgs) (*Jenkins, error) {
	j := &Jenkins{names: names, config: config, args: args, AdminParameter: "/" + names.app + "/" + names.stack + "/jenkins-admin"}
	if err := ctx.RegisterComponentResource("slipway:infra:Jenkins", names.name("jenkins"), j); err != nil {
		return nil, err
	}
	j.child = pulumi.Parent(j)
	if err := j.declare(ctx); err != nil {
		return nil, err
	}
	return j, ctx.RegisterResourceOutputs(j, pulumi.Map{"instance": j.Instance.ID(), "url": j.URL})
}

func (j *Jenkins) declare(ctx *pulumi.Context) (err error) {
	if j.Network, err = NewJenkinsNetwork(ctx, j.names, j.config, j.args.Location); err != nil {
		return err
	}
	if err := j.logGroup(ctx); err != nil {
		return err
	}
	profile, permissions, err := j.profile(ctx)
	if err != nil {
		return err
	}
	object, err := j.args.Program.store(ctx, j.names, j.args.Artifacts, j.child)
	if err != nil {
		return err
	}
	address, err := j.address(ctx)
	if err != nil {
		return err
	}
	volume, err := j.volume(ctx)
	if err != nil {
		return err
	}
	data := j.userData(address, volume.ID().ToStringOutput(), object)
	needs := slices.Concat(permissions, j.Network.Ready, j.args.Action.Ready)
	if err := j.instance(ctx, profile, data, needs); err != nil {
		return err
	}
	attached, err := j.attach(ctx, volume)
	if err != nil {
		return err
	}
	reachable, err := j.associate(ctx, address)
	if err != nil {
		return err
	}
	return j.readiness(ctx, append(needs, attached, reachable))
}

func (j *Jenkins) logGroup(ctx *pulumi.Context) (err error) {
	args := &cloudwatch.LogGroupArgs{
		Name:            pulumi.String("/slipway/" + j.names.app + "/" + j.names.stack),
		RetentionInDays: pulumi.Int(j.config.LogRetentionDays),
		Tags:            j.names.tags("logs"),
	}
	if j.config.KMSKeyArn != "" {
		args.KmsKeyId = pulumi.String(j.config.KMSKeyArn)
	}
	j.LogGroup, err = cloudwatch.NewLogGroup(ctx, j.names.name("logs"), args, j.child)
	return err
}

// userData tells the host what it needs to know, and no secret.
func (j *Jenkins) userData(address *ec2.Eip, volume pulumi.StringOutput, object *s3.BucketObjectv2) pulumi.StringOutput {
	public := address.PublicIp
	if j.config.JenkinsHostName != "" {
		public = pulumi.String(j.config.JenkinsHostName).ToStringOutput()
	}
	j.URL = public.ApplyT(jenkinsURL).(pulumi.StringOutput)
	return pulumi.All(public, volume, object.Bucket, j.args.Registry.URL, j.LogGroup.Name).ApplyT(func(v []any) (string, error) {
		registry, _, _ := strings.Cut(v[3].(string), "/")
		return jenkins.UserDataBase64(jenkins.Args{
			Region: j.args.Location.Region, JobName: j.config.JobName,
			ActionProvider: j.args.Action.Provider, ActionVersion: j.args.Action.Version,
			BinaryURI: "s3://" + v[2].(string) + "/" + j.args.Program.key(), BinarySHA256: j.args.Program.sha256,
			AdminParameter: j.AdminParameter, DataVolume: v[1].(string), PublicAddress: v[0].(string),
			BackendURL: j.config.BackendURL, Registry: registry, LogGroup: v[4].(string),
			Architecture: architectureOf(j.config.JenkinsInstanceType), DeployInfrastructure: j.config.DeployInfrastructure,
		})
	}).(pulumi.StringOutput)
}

func jenkinsURL(host string) string { return fmt.Sprintf("https://%s:%d/", host, jenkinsPort) }

// instance is replaced when it is told anything new, because cloud-init acts on a first boot only. The old one has to go
// first: there is one address and one volume. A newer machine image alone is no reason to replace it.
//
// Only processes of the host itself reach the metadata service: its answers do not travel to a container.
func (j *Jenkins) instance(ctx *pulumi.Context, profile pulumi.StringOutput, userData pulumi.StringOutput, needs []pulumi.Resource) error {
	image, err := amazonLinux(ctx, architectureOf(j.config.JenkinsInstanceType))
	if err != nil {
		return err
	}
	args := &ec2.InstanceArgs{
		Ami:                     pulumi.String(image),
		InstanceType:            pulumi.String(j.config.JenkinsInstanceType),
		SubnetId:                j.Network.Subnet,
		VpcSecurityGroupIds:     pulumi.StringArray{j.Network.Group.ID()},
		IamInstanceProfile:      profile,
		UserDataBase64:          userData,
		UserDataReplaceOnChange: pulumi.Bool(true),
		MetadataOptions: &ec2.InstanceMetadataOptionsArgs{
			HttpEndpoint: pulumi.String("enabled"), HttpTokens: pulumi.String("required"), HttpPutResponseHopLimit: pulumi.Int(1),
		},
		RootBlockDevice: j.rootDisk(),
		Tags:            j.names.tags("jenkins"),
	}
	if j.config.KeyName != "" {
		args.KeyName = pulumi.String(j.config.KeyName)
	}
	j.Instance, err = ec2.NewInstance(ctx, j.names.name("jenkins"), args, j.child,
		pulumi.DependsOn(needs), pulumi.DeleteBeforeReplace(true), pulumi.IgnoreChanges([]string{"ami"}))
	return err
}

func (j *Jenkins) rootDisk() *ec2.InstanceRootBlockDeviceArgs {
	disk := &ec2.InstanceRootBlockDeviceArgs{
		Encrypted: pulumi.Bool(true), VolumeType: pulumi.String("gp3"), VolumeSize: pulumi.Int(30),
		DeleteOnTermination: pulumi.Bool(true), Tags: j.names.tags("jenkins"),
	}
	if j.config.KMSKeyArn != "" {
		disk.KmsKeyId = pulumi.String(j.config.KMSKeyArn)
	}
	return disk
}

// amazonLinux is the newest image of Amazon Linux 2023, from the parameter that AWS keeps for it.
func amazonLinux(ctx *pulumi.Context, architecture string) (string, error) {
	name := "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-" + architecture
	found, err := ssm.LookupParameter(ctx, &ssm.LookupParameterArgs{Name: name})
	if err != nil {
		return "", fmt.Errorf("asking for the machine image %s: %w", name, err)
	}
	return found.InsecureValue, nil
}
