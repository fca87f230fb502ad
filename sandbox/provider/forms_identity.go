package provider

import (
	"strings"

	"slipway/sandbox/naming"
)

var identityForms = map[string]form{
	"aws:iam/role:Role": {id: byName, outputs: func(o *operation) values {
		return o.iam("role", values{"uniqueId": uniqueID("AROA"), "createDate": stamp(o.now), "maxSessionDuration": 3600})
	}},
	"aws:iam/policy:Policy": {
		id: func(o *operation) string { return naming.GlobalARN("iam", "policy"+o.or("path", "/")+o.name()) },
		outputs: func(o *operation) values {
			return values{"arn": o.id, "name": o.name(), "path": "/", "policyId": uniqueID("ANPA")}
		},
	},
	"aws:iam/instanceProfile:InstanceProfile": {id: byName, outputs: func(o *operation) values {
		return o.iam("instance-profile", values{"uniqueId": uniqueID("AIPA"), "createDate": stamp(o.now)})
	}},
	"aws:iam/rolePolicy:RolePolicy": {
		id:      func(o *operation) string { return o.text("role") + ":" + o.name() },
		outputs: func(o *operation) values { return values{"name": o.name()} },
	},
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment": {id: func(o *operation) string {
		return o.text("role") + "-" + o.now.Format("20060102150405") + digits()
	}},
}

// iam adds the name, the path and the ARN.
func (o *operation) iam(kind string, v values) values {
	v["name"], v["path"] = o.id, "/"
	v["arn"] = naming.GlobalARN("iam", kind+o.or("path", "/")+o.id)
	return v
}

// uniqueID returns one of IAM's unique ids: the prefix and 17 capital letters and digits.
func uniqueID(prefix string) string { return prefix + strings.ToUpper(naming.Hex(17)) }
