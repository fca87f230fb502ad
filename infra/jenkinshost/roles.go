package jenkinshost

import (
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/policy"
)

// profile is the role of the Jenkins host, made of one policy for each of its duties. It returns what grants them too:
// the host must keep it until it is gone.
func (h *Host) profile() (pulumi.StringOutput, []pulumi.Resource, error) {
	role, err := policy.ServiceRole(h.in, "jenkins", "ec2.amazonaws.com", nil)
	if err != nil {
		return pulumi.StringOutput{}, nil, err
	}
	granted, err := h.duties(role)
	if err != nil {
		return pulumi.StringOutput{}, nil, err
	}
	profile, err := iam.NewInstanceProfile(h.in.Ctx, h.in.Name("jenkins"), &iam.InstanceProfileArgs{
		Role: role.Name, Tags: h.in.Tags("jenkins"),
	}, h.in.Child)
	if err != nil {
		return pulumi.StringOutput{}, nil, err
	}
	return profile.Name, granted, nil
}

// duties are managed policies, of which each may have 6144 characters: the policies inside a role share 10240.
func (h *Host) duties(role *iam.Role) ([]pulumi.Resource, error) {
	known := pulumi.All(h.args.RegistryArn, h.args.Bucket.Arn, h.args.Bucket.Key, h.LogGroup.Arn)
	var granted []pulumi.Resource
	for _, d := range h.policies() {
		managed, err := iam.NewPolicy(h.in.Ctx, h.in.Name("jenkins-"+d.name), &iam.PolicyArgs{
			Description: pulumi.String(d.purpose),
			Policy: known.ApplyT(func(arns []any) (string, error) {
				return policy.Text(d.statements(arns[0].(string), arns[1].(string), arns[2].(string), arns[3].(string))...)
			}).(pulumi.StringOutput),
			Tags: h.in.Tags("jenkins-" + d.name),
		}, h.in.Child)
		if err != nil {
			return nil, err
		}
		attachment, err := iam.NewRolePolicyAttachment(h.in.Ctx, h.in.Name("jenkins-"+d.name), &iam.RolePolicyAttachmentArgs{
			Role: role.Name, PolicyArn: managed.Arn,
		}, h.in.Child)
		if err != nil {
			return nil, err
		}
		granted = append(granted, attachment)
	}
	return granted, nil
}

// duty is something that the Jenkins host does on AWS, and what it has to be allowed for that.
type duty struct {
	name, purpose string
	statements    func(registry, bucket, key, logGroup string) []policy.Statement
}

func (h *Host) policies() []duty {
	reach := reachOf(h.in.Config, h.in.Where)
	duties := []duty{
		{"jobs", "Take the jobs of one custom action type, and read who wrote a commit", func(_, _, _, _ string) []policy.Statement {
			return append(jobStatements(h.in.Where, h.args.Action, h.in.Naming.Base), sourceStatements(h.in.Config, h.in.Where)...)
		}},
		{"host", "Fetch the binary, keep the admin's password, write logs", func(_, bucket, key, logGroup string) []policy.Statement {
			return hostStatements(h.in.Where, h.AdminParameter, bucket, key, logGroup)
		}},
		{"ssm", "Register with Systems Manager and open Session Manager", func(_, _, _, _ string) []policy.Statement { return policy.ManagedInstance() }},
		{"images", "Push images to one repository, and run the task of slipway:before with a new one and read what tasks say", func(registry, _, _, _ string) []policy.Statement {
			return slices.Concat(pushStatements(h.in.Config, registry), reach.tasks(), buildStatements(h.in.Config, h.in.Where))
		}},
		{"deploy", "Release images to the environments, record it, and tell of failures", func(_, bucket, _, _ string) []policy.Statement {
			return slices.Concat(reach.releases(), ledgerStatements(h.in.Config, bucket), notifyStatements(h.in.Config))
		}},
	}
	state := append(stateStatements(h.in.Config, h.in.Where, h.in.Ctx.Project(), h.in.Stack), keyStatements(h.in.Config, h.in.Where)...)
	if len(state) > 0 {
		duties = append(duties, duty{"state", "Read and write the state of the environments", func(_, _, _, _ string) []policy.Statement { return state }})
	}
	if h.in.Config.DeployInfrastructure {
		duties = append(duties,
			duty{"network", "Change the networks of the environments", func(_, _, _, _ string) []policy.Statement { return reach.networks() }},
			duty{"balancers", "Change the load balancers of the environments, and let services make their own roles", func(_, _, _, _ string) []policy.Statement {
				return slices.Concat(reach.balancers(), reach.records(h.in.Config.HostedZones), reach.linkedRoles())
			}},
			duty{"compute", "Change clusters and hosts of the environments", func(_, _, _, _ string) []policy.Statement { return reach.compute() }},
			duty{"roles", "Change roles and logs of the environments", func(_, _, _, _ string) []policy.Statement { return reach.roles() }})
	}
	return duties
}
