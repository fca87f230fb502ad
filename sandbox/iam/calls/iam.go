package calls

import "slipway/sandbox/iam"

var identities = map[string]rule{
	"AddRoleToInstanceProfile":      profileWithRole,
	"AttachRolePolicy":              bounded,
	"CreateInstanceProfile":         profile,
	"CreateRole":                    bounded,
	"DeleteInstanceProfile":         profile,
	"DeleteRole":                    onRole,
	"DeleteRolePolicy":              bounded,
	"DetachRolePolicy":              bounded,
	"GetInstanceProfile":            profile,
	"GetRole":                       onRole,
	"GetRolePolicy":                 onRole,
	"ListAttachedRolePolicies":      onRole,
	"ListInstanceProfilesForRole":   onRole,
	"ListRolePolicies":              onRole,
	"PutRolePolicy":                 bounded,
	"RemoveRoleFromInstanceProfile": profile,
	"TagInstanceProfile":            profile,
	"TagRole":                       onRole,
	"UntagRole":                     onRole,
	"UntagInstanceProfile":          profile,
	"UpdateAssumeRolePolicy":        onRole,
	"UpdateRole":                    onRole,
}

// onRole is asked on the role that the request names.
func onRole(c *Call) []iam.Request { return c.on(c.global("role/" + c.params.text("RoleName"))) }

// bounded has the condition keys of the managed policy and of the role's permissions boundary, the one that the request
// gives or that the role has. Tags that a role is made with need iam:TagRole (IAM user guide, "Tag IAM roles").
func bounded(c *Call) []iam.Request {
	arn := c.global("role/" + c.params.text("RoleName"))
	tags := requestTags(c.params.tags("Tags.member"))
	context := merged(tags)
	boundary := c.params.text("PermissionsBoundary")
	if c.Operation != "CreateRole" {
		boundary = c.world.BoundaryOf(c.params.text("RoleName"))
	}
	if boundary != "" {
		context["iam:PermissionsBoundary"] = []string{boundary}
	}
	if policy := c.params.text("PolicyArn"); policy != "" {
		context["iam:PolicyARN"] = []string{policy}
	}
	all := []iam.Request{c.ask(c.Operation, arn, context)}
	if len(tags) > 0 {
		all = append(all, c.ask("TagRole", arn, tags))
	}
	return all
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
