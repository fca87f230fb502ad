package bootstrap

import (
	"encoding/json"
	"strings"
)

// services are what `up`, `deploy` and `destroy` create, read and delete. EC2, load balancing and most of the others name
// their resources by ids of their own choice, so that a person who creates them is bounded by region and not by name.
var services = []string{
	"application-autoscaling", "autoscaling", "cloudwatch", "codecommit", "codepipeline", "ec2", "ecr", "ecs", "elasticloadbalancing",
	"events", "kms", "logs", "s3", "ssm",
}

type statement struct {
	Sid       string
	Effect    string
	Action    []string
	Resource  []string
	Condition map[string]map[string]string `json:",omitempty"`
}

// Policy is the IAM policy of a person who runs up, deploy and destroy for an app, as JSON. Roles and policies may be
// created only with names that begin with the app's, and only roles of services can be passed on.
func Policy(r Result, account, app string) (json.RawMessage, error) {
	partition := "aws"
	if r.Key != "" {
		partition = strings.Split(r.Key, ":")[1]
	}
	bucket, own := "arn:"+partition+":s3:::"+r.Bucket, "arn:"+partition+":iam::"+account+":"
	named := []string{own + "role/" + app + "-*", own + "policy/" + app + "-*", own + "instance-profile/" + app + "-*"}
	var every []string
	for _, s := range services {
		every = append(every, s+":*")
	}
	every = append(every, "sns:Publish") // of releases that fail, to slipway:notifyArn
	statements := []statement{
		{Sid: "State", Effect: "Allow", Action: []string{"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"},
			Resource: []string{bucket, bucket + "/*"}},
		{Sid: "Infrastructure", Effect: "Allow", Action: every, Resource: []string{"*"},
			Condition: map[string]map[string]string{"StringEquals": {"aws:RequestedRegion": r.Region}}},
		{Sid: "NamedRoles", Effect: "Allow", Action: []string{"iam:*"}, Resource: named},
		{Sid: "ServiceLinkedRoles", Effect: "Allow", Action: []string{"iam:CreateServiceLinkedRole"}, Resource: []string{own + "role/aws-service-role/*"}},
		{Sid: "Global", Effect: "Allow", Action: []string{
			"route53:ChangeResourceRecordSets", "route53:GetChange", "route53:GetHostedZone", "route53:ListResourceRecordSets",
			"servicequotas:GetServiceQuota", "sts:GetCallerIdentity",
		}, Resource: []string{"*"}},
	}
	if r.Key != "" {
		statements = append(statements, statement{
			Sid: "Secrets", Effect: "Allow", Action: []string{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"}, Resource: []string{r.Key},
		})
	}
	return json.MarshalIndent(map[string]any{"Version": "2012-10-17", "Statement": statements}, "", "  ")
}
