package infra

import (
	"maps"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/autoscaling"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// hosts are the EC2 instances of a cluster.
type hosts struct {
	names    naming
	config   *Config
	where    Location
	network  *Network
	firewall *Firewall
	child    pulumi.ResourceOption
}

func (h *hosts) declare(ctx *pulumi.Context, cluster pulumi.StringOutput) (*ecs.CapacityProvider, error) {
	profile, permissions, err := h.profile(ctx)
	if err != nil {
		return nil, err
	}
	template, err := h.launchTemplate(ctx, cluster, profile)
	if err != nil {
		return nil, err
	}
	group, err := h.group(ctx, template, permissions)
	if err != nil {
		return nil, err
	}
	return h.capacityProvider(ctx, group)
}

// profile lets an instance register with ECS and open Session Manager, the way in that needs no key and no open port.
// It returns the attachments too: hosts must keep them until they are gone.
func (h *hosts) profile(ctx *pulumi.Context) (*iam.InstanceProfile, []pulumi.Resource, error) {
	role, err := serviceRole(ctx, h.names, "host", "ec2.amazonaws.com", nil, h.child)
	if err != nil {
		return nil, nil, err
	}
	policies := map[string]string{
		"host-ecs": "service-role/AmazonEC2ContainerServiceforEC2Role",
		"host-ssm": "AmazonSSMManagedInstanceCore",
	}
	var attached []pulumi.Resource
	for _, suffix := range slices.Sorted(maps.Keys(policies)) {
		attachment, err := iam.NewRolePolicyAttachment(ctx, h.names.name(suffix), &iam.RolePolicyAttachmentArgs{
			Role: role.Name, PolicyArn: pulumi.String("arn:" + h.where.Partition + ":iam::aws:policy/" + policies[suffix]),
		}, h.child)
		if err != nil {
			return nil, nil, err
		}
		attached = append(attached, attachment)
	}
	profile, err := iam.NewInstanceProfile(ctx, h.names.name("host"), &iam.InstanceProfileArgs{
		Role: role.Name, Tags: h.names.tags("host"),
	}, h.child)
	return profile, attached, err
}

// group waits for no instance: the deployer watches the rollout, which knows more than a count of instances.
// It protects none from scale-in and is deleted by force, or a destroy could wait for ever for instances to leave.
func (h *hosts) group(ctx *pulumi.Context, template *ec2.LaunchTemplate, permissions []pulumi.Resource) (*autoscaling.Group, error) {
	needs := slices.Concat(permissions, h.network.Ready, h.firewall.Ready)
	return autoscaling.NewGroup(ctx, h.names.name("hosts"), &autoscaling.GroupArgs{
		VpcZoneIdentifiers: ids(h.network.Hosts),
		MinSize:            pulumi.Int(h.config.MinInstances),
		MaxSize:            pulumi.Int(h.config.MaxInstances),
		LaunchTemplate: &autoscaling.GroupLaunchTemplateArgs{
			Id: template.ID(), Version: template.LatestVersion.ApplyT(strconv.Itoa).(pulumi.StringOutput),
		},
		InstanceRefresh: &autoscaling.GroupInstanceRefreshArgs{
			Strategy: pulumi.String("Rolling"),
			Preferences: &autoscaling.GroupInstanceRefreshPreferencesArgs{
				MinHealthyPercentage: pulumi.Int(100), MaxHealthyPercentage: pulumi.Int(200),
			},
		},
		ProtectFromScaleIn:     pulumi.Bool(false),
		ForceDelete:            pulumi.Bool(true),
		WaitForCapacityTimeout: pulumi.String("0"),
		Tags:                   h.groupTags(),
	}, h.child, pulumi.DependsOn(needs), pulumi.IgnoreChanges([]string{"desiredCapacity"}))
}

// groupTags has the tag that ECS puts on a group whose scaling it manages; left out, it would be removed again.
func (h *hosts) groupTags() autoscaling.GroupTagArray {
	texts := h.names.common()
	texts["Name"], texts["AmazonECSManaged"] = h.names.name("host"), "true"
	var tags autoscaling.GroupTagArray
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		tags = append(tags, &autoscaling.GroupTagArgs{
			Key: pulumi.String(key), Value: pulumi.String(texts[key]), PropagateAtLaunch: pulumi.Bool(true),
		})
	}
	return tags
}

func (h *hosts) capacityProvider(ctx *pulumi.Context, group *autoscaling.Group) (*ecs.CapacityProvider, error) {
	return ecs.NewCapacityProvider(ctx, h.names.name("hosts"), &ecs.CapacityProviderArgs{
		AutoScalingGroupProvider: &ecs.CapacityProviderAutoScalingGroupProviderArgs{
			AutoScalingGroupArn: group.Arn,
			ManagedDraining:     pulumi.String("ENABLED"),
			ManagedScaling: &ecs.CapacityProviderAutoScalingGroupProviderManagedScalingArgs{
				Status: pulumi.String("ENABLED"), TargetCapacity: pulumi.Int(100),
			},
			ManagedTerminationProtection: pulumi.String("DISABLED"),
		},
		Tags: h.names.tags("hosts"),
	}, h.child)
}
