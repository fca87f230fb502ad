package provider

import (
	"fmt"

	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// taken are the errors with which AWS refuses a name that exists already.
var taken = map[string]string{
	"aws:autoscaling/group:Group":               "AlreadyExists: AutoScalingGroup by this name already exists - A group with the name %s already exists",
	"aws:cloudwatch/logGroup:LogGroup":          "ResourceAlreadyExistsException: The specified log group already exists: %s",
	"aws:codecommit/repository:Repository":      "RepositoryNameExistsException: Repository named %s already exists",
	"aws:codepipeline/pipeline:Pipeline":        "PipelineNameInUseException: A pipeline with the name '%s' already exists in account",
	"aws:ec2/launchTemplate:LaunchTemplate":     "InvalidLaunchTemplateName.AlreadyExistsException: Launch template name already in use: %s",
	"aws:ecr/repository:Repository":             "RepositoryAlreadyExistsException: The repository with name '%s' already exists in the registry",
	"aws:ecs/capacityProvider:CapacityProvider": "ClientException: The specified capacity provider already exists: %s. To change the configuration, update the capacity provider",
	"aws:ecs/cluster:Cluster":                   "InvalidParameterException: Arguments on this idempotent request are inconsistent with arguments used in previous request(s): the cluster %s already exists",
	"aws:iam/instanceProfile:InstanceProfile":   "EntityAlreadyExists: Instance Profile %s already exists",
	"aws:iam/policy:Policy":                     "EntityAlreadyExists: A policy called %s already exists. Duplicate names are not allowed",
	"aws:iam/role:Role":                         "EntityAlreadyExists: Role with name %s already exists",
	"aws:kms/alias:Alias":                       "AlreadyExistsException: An alias with the name %s already exists",
	"aws:lb/loadBalancer:LoadBalancer":          "DuplicateLoadBalancerName: A load balancer with the same name '%s' exists, but with different settings",
	"aws:lb/targetGroup:TargetGroup":            "DuplicateTargetGroupName: A target group with the same name '%s' exists, but with different settings",
	"aws:s3/bucketV2:BucketV2":                  "BucketAlreadyOwnedByYou: Your previous request to create the named bucket succeeded and you already own it: %s",
	"aws:ssm/parameter:Parameter":               "ParameterAlreadyExists: The parameter already exists: %s. To overwrite this value, set the overwrite option in the request to true",
}

// reserve refuses a name that is taken, and keeps it from others until the resource is remembered.
func (o *operation) reserve() (release func(), err error) {
	text, unique := taken[o.token]
	rule, _ := o.nameOf(o.token)
	key := presource.PropertyKey(rule.property)
	name := o.plain[key]
	if !unique || !name.IsString() {
		return func() {}, nil
	}
	o.creating.Lock()
	defer o.creating.Unlock()
	slot := recordKey(o.token, name.StringValue(), nil)
	exists := o.reserved[slot]
	all, err := o.records.all(o.token)
	if err != nil {
		return nil, err
	}
	for _, other := range all {
		exists = exists || other[key].DeepEquals(name)
	}
	if exists {
		return nil, fmt.Errorf(text, name.StringValue())
	}
	o.reserved[slot] = true
	return func() {
		o.creating.Lock()
		defer o.creating.Unlock()
		delete(o.reserved, slot)
	}, nil
}
