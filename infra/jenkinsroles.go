package infra

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// profile is the role of the Jenkins host, made of one policy for each of its duties. It returns what grants them too:
// the host must keep it until it is gone.
func (j *Jenkins) profile(ctx *pulumi.Context) (pulumi.StringOutput, []pulumi.Resource, error) {
	role, err := serviceRole(ctx, j.names, "jenkins", "ec2.amazonaws.com", nil, j.child)
	if err != nil {
		return pulumi.StringOutput{}, nil, err
	}
	granted, err := j.duties(ctx, role)
	if err != nil {
		return pulumi.StringOutput{}, nil, err
	}
	manager := pulumi.String("arn:" + j.args.Location.Partition + ":iam::aws:policy/AmazonSSMManagedInstanceCore")
	attachment, err := iam.NewRolePolicyAttachment(ctx, j.names.name("jenkins-ssm"), &iam.RolePolicyAttachmentArgs{
		Role: role.Name, PolicyArn: manager,
	}, j.child)
	if err != nil {
		return pulumi.StringOutput{}, nil, err
	}
	profile, err := iam.NewInstanceProfile(ctx, j.names.name("jenkins"), &iam.InstanceProfileArgs{
		Role: role.Name, Tags: j.names.tags("jenkins"),
	}, j.child)
	if err != nil {
		return pulumi.StringOutput{}, nil, err
	}
	return profile.Name, append(granted, attachment), nil
}

// duties are managed policies, of which each may have 6144 characters: the policies inside a role share 10240.
func (j *Jenkins) duties(ctx *pulumi.Context, role *iam.Role) ([]pulumi.Resource, error) {
	known := pulumi.All(j.args.Registry.Arn, j.args.Artifacts.Bucket.Arn, j.args.Artifacts.Key, j.LogGroup.Arn)
	var granted []pulumi.Resource
	for _, d := range j.policies() {
		policy, err := iam.NewPolicy(ctx, j.names.name("jenkins-"+d.name), &iam.PolicyArgs{
			Description: pulumi.String(d.purpose),
			Policy: known.ApplyT(func(arns []any) (string, error) {
				return policyText(d.statements(arns[0].(string), arns[1].(string), arns[2].(string), arns[3].(string))...)
			}).(pulumi.StringOutput),
			Tags: j.names.tags("jenkins-" + d.name),
		}, j.child)
		if err != nil {
			return nil, err
		}
		attachment, err := iam.NewRolePolicyAttachment(ctx, j.names.name("jenkins-"+d.name), &iam.RolePolicyAttachmentArgs{
			Role: role.Name, PolicyArn: policy.Arn,
		}, j.child)
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
	statements    func(registry, bucket, key, logGroup string) []statement
}

func (j *Jenkins) policies() []duty {
	reach := reachOf(j.config, j.args.Location)
	duties := []duty{
		{"jobs", "Take the jobs of one custom action type, and read who wrote a commit", func(_, _, _, _ string) []statement {
			return append(jobStatements(j.args.Location, j.args.Action), sourceStatements(j.config, j.args.Location)...)
		}},
		{"host", "Fetch the binary, keep the admin's password, write logs", func(_, bucket, key, logGroup string) []statement {
			return hostStatements(j.args.Location, j.AdminParameter, bucket, key, logGroup)
		}},
		{"images", "Push images to one repository", func(registry, _, _, _ string) []statement { return pushStatements(registry) }},
		{"deploy", "Release images to the environments", func(_, _, _, _ string) []statement { return reach.releases() }},
	}
	if state := stateStatements(j.config, j.args.Location); len(state) > 0 {
		duties = append(duties, duty{"state", "Read and write the state of the environments", func(_, _, _, _ string) []statement { return state }})
	}
	if j.config.DeployInfrastructure {
		duties = append(duties,
			duty{"network", "Change the networks of the environments", func(_, _, _, _ string) []statement { return reach.networks() }},
			duty{"balancers", "Change the load balancers of the environments", func(_, _, _, _ string) []statement { return reach.balancers() }},
			duty{"compute", "Change clusters and hosts of the environments", func(_, _, _, _ string) []statement { return reach.compute() }},
			duty{"roles", "Change roles and logs of the environments", func(_, _, _, _ string) []statement { return reach.roles() }})
	}
	return duties
}
