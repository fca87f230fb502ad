package provider

import (
	"fmt"

	"slipway/sandbox/naming"
)

var containerForms = map[string]form{
	"aws:ecs/cluster:Cluster": {
		id: func(o *operation) string { return o.Region.ARN("ecs", "cluster/"+o.name()) },
		outputs: func(o *operation) values {
			return values{"arn": o.id, "name": o.name(), "settings": []any{values{"name": "containerInsights", "value": "disabled"}}}
		},
	},
	"aws:ecs/capacityProvider:CapacityProvider": {
		id:      func(o *operation) string { return o.Region.ARN("ecs", "capacity-provider/"+o.name()) },
		outputs: func(o *operation) values { return values{"arn": o.id, "name": o.name()} },
	},
	"aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": {id: input("clusterName")},
	"aws:ecs/service:Service": {outputs: func(o *operation) values {
		return values{
			"name":    o.name(),
			"iamRole": "/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
			"cluster": o.Region.ARN("ecs", "cluster/default"),
		}
	}},
	"aws:ecs/taskDefinition:TaskDefinition": {id: input("family"), outputs: func(o *operation) values {
		arn := o.Region.ARN("ecs", "task-definition/"+o.text("family"))
		revision := o.revision()
		return values{
			"arn": fmt.Sprintf("%s:%d", arn, revision), "arnWithoutRevision": arn, "revision": revision, "networkMode": "bridge",
		}
	}},
	"aws:ecr/repository:Repository": {id: byName, outputs: func(o *operation) values {
		return values{
			"arn": o.Region.ARN("ecr", "repository/"+o.id), "name": o.id, "registryId": naming.Account,
			"repositoryUrl": fmt.Sprintf("%s.dkr.ecr.%s.amazonaws.com/%s", naming.Account, o.Region, o.id),
		}
	}},
	"aws:ecr/repositoryPolicy:RepositoryPolicy": {id: input("repository"), outputs: registry},
	"aws:ecr/lifecyclePolicy:LifecyclePolicy":   {id: input("repository"), outputs: registry},
}

func registry(*operation) values { return values{"registryId": naming.Account} }

// revision returns the next revision of the task definition's family.
func (o *operation) revision() int {
	all, err := o.records.all(o.token)
	if err != nil {
		return 1
	}
	last := 0.0
	for _, other := range all {
		if textOf(other, "family") == o.text("family") {
			last = max(last, numberOf(other, "revision"))
		}
	}
	return int(last) + 1
}
