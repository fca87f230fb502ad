package environment

import (
	"maps"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/autoscaling"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/network"
	"slipway/infra/policy"
	"slipway/infra/scope"
)

// hosts are the EC2 instances of a cluster.
type hosts struct {
	in       scope.Scope
	network  *network.Network
	firewall *Firewall
}

func (h *hosts) declare(cluster pulumi.StringOutput) (*ecs.CapacityProvider, error) {
	profile, permissions, err := h.profile()
	if err != nil {
		return nil, err
	}
	template, err := h.launchTemplate(cluster, profile)
	if err != nil {
		return nil, err
	}
	group, err := h.group(template, permissions)
	if err != nil {
		return nil, err
	}
	return h.capacityProvider(group)
}

// profile lets an instance register with ECS and open Session Manager, the way in that needs no key and no open port.
// It returns the attachments too: hosts must keep them until they are gone.
func (h *hosts) profile() (*iam.InstanceProfile, []pulumi.Resource, error) {
	role, err := policy.ServiceRole(h.in, "host", "ec2.amazonaws.com", nil)
	if err != nil {
		return nil, nil, err
	}
	register, err := iam.NewRolePolicyAttachment(h.in.Ctx, h.in.Name("host-ecs"), &iam.RolePolicyAttachmentArgs{
		Role: role.Name, PolicyArn: pulumi.String("arn:" + h.in.Where.Partition + ":iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"),
	}, h.in.Child)
	if err != nil {
		return nil, nil, err
	}
	document, err := policy.Text(policy.ManagedInstance()...)
	if err != nil {
		return nil, nil, err
	}
	manage, err := iam.NewRolePolicy(h.in.Ctx, h.in.Name("host-ssm"), &iam.RolePolicyArgs{Role: role.Name, Policy: pulumi.String(document)}, h.in.Child)
	if err != nil {
		return nil, nil, err
	}
	profile, err := iam.NewInstanceProfile(h.in.Ctx, h.in.Name("host"), &iam.InstanceProfileArgs{
		Role: role.Name, Tags: h.in.Tags("host"),
	}, h.in.Child)
	return profile, []pulumi.Resource{register, manage}, err
}

const secondsPerDay = 24 * 60 * 60

// group replaces each instance before it is slipway:maxInstanceDays old, or it would never be patched: 1 to 365 days are
// what Auto Scaling takes (EC2 Auto Scaling user guide, "Replace Auto Scaling instances based on maximum instance
// lifetime"). The new instance starts before the old one goes, and managed draining moves the tasks in between.
//
// It waits for no instance: the deployer watches the rollout, which knows more than a count of instances.
// It protects none from scale-in and is deleted by force, or a destroy could wait for ever for instances to leave.
func (h *hosts) group(template *ec2.LaunchTemplate, permissions []pulumi.Resource) (*autoscaling.Group, error) {
	needs := slices.Concat(permissions, h.network.Ready, h.firewall.Ready)
	return autoscaling.NewGroup(h.in.Ctx, h.in.Name("hosts"), &autoscaling.GroupArgs{
		VpcZoneIdentifiers: network.IDs(h.network.Hosts),
		MinSize:            pulumi.Int(h.in.Config.MinInstances),
		MaxSize:            pulumi.Int(h.in.Config.MaxInstances),
		LaunchTemplate: &autoscaling.GroupLaunchTemplateArgs{
			Id: template.ID(), Version: template.LatestVersion.ApplyT(strconv.Itoa).(pulumi.StringOutput),
		},
		InstanceRefresh: &autoscaling.GroupInstanceRefreshArgs{
			Strategy: pulumi.String("Rolling"),
			Preferences: &autoscaling.GroupInstanceRefreshPreferencesArgs{
				MinHealthyPercentage: pulumi.Int(100), MaxHealthyPercentage: pulumi.Int(200),
			},
		},
		MaxInstanceLifetime: pulumi.Int(h.in.Config.MaxInstanceDays * secondsPerDay),
		InstanceMaintenancePolicy: &autoscaling.GroupInstanceMaintenancePolicyArgs{
			MinHealthyPercentage: pulumi.Int(100), MaxHealthyPercentage: pulumi.Int(200),
		},
		ProtectFromScaleIn:     pulumi.Bool(false),
		ForceDelete:            pulumi.Bool(true),
		WaitForCapacityTimeout: pulumi.String("0"),
		Tags:                   h.groupTags(),
	}, h.in.Child, pulumi.DependsOn(needs), pulumi.IgnoreChanges([]string{"desiredCapacity"}))
}

// groupTags has the tag that ECS puts on a group whose scaling it manages; left out, it would be removed again.
func (h *hosts) groupTags() autoscaling.GroupTagArray {
	texts := h.in.Common()
	texts["Name"], texts["AmazonECSManaged"] = h.in.Name("host"), "true"
	var tags autoscaling.GroupTagArray
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		tags = append(tags, &autoscaling.GroupTagArgs{
			Key: pulumi.String(key), Value: pulumi.String(texts[key]), PropagateAtLaunch: pulumi.Bool(true),
		})
	}
	return tags
}

func (h *hosts) capacityProvider(group *autoscaling.Group) (*ecs.CapacityProvider, error) {
	return ecs.NewCapacityProvider(h.in.Ctx, h.in.Name("hosts"), &ecs.CapacityProviderArgs{
		AutoScalingGroupProvider: &ecs.CapacityProviderAutoScalingGroupProviderArgs{
			AutoScalingGroupArn: group.Arn,
			ManagedDraining:     pulumi.String("ENABLED"),
			ManagedScaling: &ecs.CapacityProviderAutoScalingGroupProviderManagedScalingArgs{
				Status: pulumi.String("ENABLED"), TargetCapacity: pulumi.Int(100),
			},
			ManagedTerminationProtection: pulumi.String("DISABLED"),
		},
		Tags: h.in.Tags("hosts"),
	}, h.in.Child)
}
