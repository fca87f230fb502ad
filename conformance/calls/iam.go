package calls

import "slipway/sandbox/iam"

var identities = map[string]rule{
	"AddRoleToInstanceProfile":      profileWithRole,
	"AttachRolePolicy":              onRole("iam:PolicyARN"),
	"CreateInstanceProfile":         profile,
	"CreateRole":                    onRole(""),
	"DeleteInstanceProfile":         profile,
	"DeleteRole":                    onRole(""),
	"DeleteRolePolicy":              onRole(""),
	"DetachRolePolicy":              onRole("iam:PolicyARN"),
	"GetInstanceProfile":            profile,
	"GetRole":                       onRole(""),
	"GetRolePolicy":                 onRole(""),
	"ListAttachedRolePolicies":      onRole(""),
	"ListInstanceProfilesForRole":   onRole(""),
	"ListRolePolicies":              onRole(""),
	"PutRolePolicy":                 onRole(""),
	"RemoveRoleFromInstanceProfile": profile,
	"TagInstanceProfile":            profile,
	"TagRole":                       onRole(""),
	"UntagRole":                     onRole(""),
	"UntagInstanceProfile":          profile,
	"UpdateAssumeRolePolicy":        onRole(""),
	"UpdateRole":                    onRole(""),
}

// onRole is asked on the role that the request names; tags that it is made with need iam:TagRole (IAM user guide,
// "Tag IAM roles").
func onRole(policyKey string) rule {
	return func(c *Call) []iam.Request {
		arn := c.global("role/" + c.params.text("RoleName"))
		tags := requestTags(c.params.tags("Tags.member"))
		context := merged(tags)
		if policyKey != "" {
			context[policyKey] = []string{c.params.text("PolicyArn")}
		}
		all := []iam.Request{c.ask(c.Operation, arn, context)}
		if c.Operation == "CreateRole" && len(tags) > 0 {
			all = append(all, c.ask("TagRole", arn, tags))
		}
		return all
	}
}

func profile(c *Call) []iam.Request {
	arn := c.global("instance-profile/" + c.params.text("InstanceProfileName"))
	tags := requestTags(c.params.tags("Tags.member"))
	all := []iam.Request{c.ask(c.Operation, arn, tags)}
	if c.Operation == "CreateInstanceProfile" && len(tags) > 0 {
		all = append(all, c.ask("TagInstanceProfile", arn, tags))
	}
	return all
}

// profileWithRole hands the role to EC2 (page of IAM, dependent actions of AddRoleToInstanceProfile: iam:PassRole).
func profileWithRole(c *Call) []iam.Request {
	return append(profile(c), c.passed(c.params.text("RoleName"), "ec2.amazonaws.com")...)
}
