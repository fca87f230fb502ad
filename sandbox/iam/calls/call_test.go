package calls

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"slipway/sandbox/iam"
)

// known is a world in which everything is tagged with its own id.
type known struct{}

func (known) Tags(id string) map[string]string { return map[string]string{"id": id} }
func (known) RolesOf(profile string) []string  { return []string{"arn:aws:iam::1:role/" + profile} }
func (known) ProfileOf(string) string          { return "host" }
func (known) ParameterOf(string) string        { return "/aws/service/image" }
func (known) BoundaryOf(string) string         { return "arn:aws:iam::1:policy/b" }
func (known) KeyOfParameter(name string) string {
	if name == "/sealed" {
		return "arn:aws:kms:eu-west-1:1:key/p"
	}
	return ""
}
func (known) Key(ref string) string                    { return "arn:aws:kms:eu-west-1:1:key/of-" + ref }
func (known) KeyIn(string) string                      { return "arn:aws:kms:eu-west-1:1:key/k" }
func (known) AliasesOf(string) []string                { return nil }
func (known) RoleOfDefinition(_, member string) string { return "arn:aws:iam::1:role/" + member }
func (known) KeyOf(bucket string) string {
	if bucket == "plain" {
		return ""
	}
	return "arn:aws:kms:eu-west-1:1:key/k"
}

func request(service, method, target, header, body string) *http.Request {
	r := httptest.NewRequest(method, "http://127.0.0.1"+target, strings.NewReader(body))
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/"+service+"/aws4_request, SignedHeaders=host, Signature=0")
	if header != "" {
		r.Header.Set("X-Amz-Target", header)
	}
	return r
}

// text is a request as the table has it: the action, the resource, and the keys of its context in order.
func text(r iam.Request) string {
	var keys []string
	for key, values := range r.Context {
		keys = append(keys, key+"="+strings.Join(values, ","))
	}
	slices.Sort(keys)
	return strings.TrimSpace(r.Action + " " + strings.ReplaceAll(r.Resource, "arn:aws:", "") + " " + strings.Join(keys, " "))
}

// Service Authorization Reference, and the pages that the rules name (November 2026).
func TestNeeds(t *testing.T) {
	const ec2Tags = "&TagSpecification.1.ResourceType=subnet&TagSpecification.1.Tag.1.Key=app&TagSpecification.1.Tag.1.Value=x"
	for _, c := range []struct {
		service, method, target, header, body string
		want                                  []string
	}{
		{"sts", "POST", "/", "", "Action=GetCallerIdentity", nil},
		{"ec2", "POST", "/", "", "Action=DescribeSubnets&SubnetId.1=subnet-1", []string{"ec2:DescribeSubnets *"}},
		{"ec2", "POST", "/", "", "Action=CreateSubnet&VpcId=vpc-1" + ec2Tags, []string{
			"ec2:CreateSubnet ec2:eu-west-1:1:subnet/* aws:RequestTag/app=x aws:TagKeys=app",
			"ec2:CreateTags ec2:eu-west-1:1:subnet/* aws:RequestTag/app=x aws:TagKeys=app ec2:CreateAction=CreateSubnet",
			"ec2:CreateSubnet ec2:eu-west-1:1:vpc/vpc-1 aws:ResourceTag/id=vpc-1",
		}},
		{"ec2", "POST", "/", "", "Action=CreateTags&ResourceId.1=sg-1&Tag.1.Key=app&Tag.1.Value=x", []string{
			"ec2:CreateTags ec2:eu-west-1:1:security-group/sg-1 aws:RequestTag/app=x aws:ResourceTag/id=sg-1 aws:TagKeys=app",
		}},
		{"ec2", "POST", "/", "", "Action=DeleteVpcEndpoints&VpcEndpointId.1=vpce-1&VpcEndpointId.2=vpce-2", []string{
			"ec2:DeleteVpcEndpoints ec2:eu-west-1:1:vpc-endpoint/vpce-1 aws:ResourceTag/id=vpce-1",
			"ec2:DeleteVpcEndpoints ec2:eu-west-1:1:vpc-endpoint/vpce-2 aws:ResourceTag/id=vpce-2",
		}},
		{"ecs", "POST", "/", "A.UpdateService", `{"cluster":"arn:aws:ecs:eu-west-1:1:cluster/c","service":"s","desiredCount":2}`, []string{
			"ecs:UpdateService ecs:eu-west-1:1:service/c/s ecs:cluster=ecs:eu-west-1:1:cluster/c",
		}},
		{"ecs", "POST", "/", "A.CreateCluster", `{"clusterName":"c","tags":[{"key":"app","value":"x"}]}`, []string{
			"ecs:CreateCluster * aws:RequestTag/app=x aws:TagKeys=app",
			"ecs:TagResource ecs:eu-west-1:1:cluster/c aws:RequestTag/app=x aws:TagKeys=app ecs:CreateAction=CreateCluster",
		}},
		{"ecs", "POST", "/", "A.RegisterTaskDefinition", `{"family":"f","taskRoleArn":"arn:aws:iam::1:role/t","executionRoleArn":"arn:aws:iam::1:role/e"}`, []string{
			"ecs:RegisterTaskDefinition *", "iam:PassRole iam::1:role/e iam:PassedToService=ecs-tasks.amazonaws.com",
			"iam:PassRole iam::1:role/t iam:PassedToService=ecs-tasks.amazonaws.com",
		}},
		{"ecs", "POST", "/", "A.ListTasks", `{"cluster":"c","serviceName":"s"}`, []string{"ecs:ListTasks * ecs:cluster=ecs:eu-west-1:1:cluster/c"}},
		{"elasticloadbalancing", "POST", "/", "", "Action=CreateLoadBalancer&Name=lb&Tags.member.1.Key=a&Tags.member.1.Value=b", []string{
			"elasticloadbalancing:CreateLoadBalancer elasticloadbalancing:eu-west-1:1:loadbalancer/app/lb/* aws:RequestTag/a=b aws:TagKeys=a",
			"elasticloadbalancing:AddTags elasticloadbalancing:eu-west-1:1:loadbalancer/app/lb/* aws:RequestTag/a=b aws:TagKeys=a elasticloadbalancing:CreateAction=CreateLoadBalancer",
		}},
		{"autoscaling", "POST", "/", "", "Action=DeleteAutoScalingGroup&AutoScalingGroupName=g", []string{
			"autoscaling:DeleteAutoScalingGroup autoscaling:eu-west-1:1:autoScalingGroup:*:autoScalingGroupName/g",
		}},
		{"iam", "POST", "/", "", "Action=AttachRolePolicy&RoleName=r&PolicyArn=arn:aws:iam::aws:policy/P", []string{
			"iam:AttachRolePolicy iam::1:role/r iam:PermissionsBoundary=iam::1:policy/b iam:PolicyARN=iam::aws:policy/P",
		}},
		{"iam", "POST", "/", "", "Action=CreateRole&RoleName=r&Tags.member.1.Key=a&Tags.member.1.Value=b", []string{
			"iam:CreateRole iam::1:role/r aws:RequestTag/a=b aws:TagKeys=a", "iam:TagRole iam::1:role/r aws:RequestTag/a=b aws:TagKeys=a",
		}},
		{"iam", "POST", "/", "", "Action=AddRoleToInstanceProfile&InstanceProfileName=p&RoleName=r", []string{
			"iam:AddRoleToInstanceProfile iam::1:instance-profile/p", "iam:PassRole iam::1:role/r iam:PassedToService=ec2.amazonaws.com",
		}},
		{"s3", "GET", "/b?list-type=2&prefix=.pulumi/", "", "", []string{"s3:ListBucket s3:::b s3:prefix=.pulumi/"}},
		{"s3", "HEAD", "/b/k/l", "", "", []string{"s3:GetObject s3:::b/k/l", "kms:Decrypt kms:eu-west-1:1:key/k"}},
		{"s3", "PUT", "/b/k?x-id=PutObject", "", "", []string{"s3:PutObject s3:::b/k", "kms:GenerateDataKey kms:eu-west-1:1:key/k"}},
		{"s3", "PUT", "/plain/k", "", "", []string{"s3:PutObject s3:::plain/k"}},
		{"s3", "GET", "/b?versioning", "", "", []string{"s3:GetBucketVersioning s3:::b"}},
		{"kms", "POST", "/", "TrentService.Decrypt", `{"CiphertextBlob":"eA=="}`, []string{"kms:Decrypt kms:eu-west-1:1:key/k"}},
		{"logs", "POST", "/", "Logs.GetLogEvents", `{"logGroupName":"/g","logStreamName":"a/b"}`, []string{"logs:GetLogEvents logs:eu-west-1:1:log-group:/g:log-stream:a/b"}},
		{"ecr", "POST", "/", "E.DescribeImages", `{"repositoryName":"r"}`, []string{"ecr:DescribeImages ecr:eu-west-1:1:repository/r"}},
		{"ecs", "POST", "/", "A.RunTask", `{"cluster":"c","taskDefinition":"f","overrides":{"taskRoleArn":"arn:aws:iam::1:role/t"}}`, []string{
			"ecs:RunTask ecs:eu-west-1:1:task-definition/f:* ecs:cluster=ecs:eu-west-1:1:cluster/c",
			"iam:PassRole iam::1:role/executionRoleArn iam:PassedToService=ecs-tasks.amazonaws.com", "iam:PassRole iam::1:role/t iam:PassedToService=ecs-tasks.amazonaws.com",
		}},
		{"codepipeline", "POST", "/", "C.PutApprovalResult", `{"pipelineName":"p","stageName":"s","actionName":"a"}`, []string{"codepipeline:PutApprovalResult codepipeline:eu-west-1:1:p/s/a"}},
		{"codepipeline", "POST", "/", "C.PollForJobs", `{"actionTypeId":{"owner":"Custom","category":"Build","provider":"J","version":"1"}}`, []string{
			"codepipeline:PollForJobs codepipeline:eu-west-1:1:actiontype:Custom/Build/J/1",
		}},
		{"ssm", "POST", "/", "A.GetParameter", `{"Name":"/sealed","WithDecryption":true}`, []string{"ssm:GetParameter ssm:eu-west-1:1:parameter/sealed", "kms:Decrypt kms:eu-west-1:1:key/p kms:EncryptionContext:PARAMETER_ARN=ssm:eu-west-1:1:parameter/sealed kms:ViaService=ssm.eu-west-1.amazonaws.com"}},
		{"s3", "POST", "/b?delete", "", "<Delete><Object><Key>a</Key></Object><Object><Key>b/c</Key></Object></Delete>", []string{"s3:DeleteObject s3:::b/a", "s3:DeleteObject s3:::b/b/c"}},
		{"s3", "GET", "/", "", "", []string{"s3:ListAllMyBuckets *"}},
		{"ecr", "POST", "/", "E.DescribeRepositories", `{}`, []string{"ecr:DescribeRepositories ecr:eu-west-1:1:repository/*"}},
		{"application-autoscaling", "POST", "/", "A.DeregisterScalableTarget", `{"ResourceId":"service/c/s","ScalableDimension":"ecs:service:DesiredCount","ServiceNamespace":"ecs"}`, []string{
			"application-autoscaling:DeregisterScalableTarget application-autoscaling:eu-west-1:1:scalable-target/* " +
				"application-autoscaling:scalable-dimension=ecs:service:DesiredCount application-autoscaling:service-namespace=ecs",
		}},
	} {
		call, err := Read(request(c.service, c.method, c.target, c.header, c.body), []byte(c.body), "1", known{})
		if err != nil {
			t.Errorf("%s %s%s: %v", c.service, c.target, c.body, err)
			continue
		}
		needs, err := call.Needs()
		var got []string
		for _, need := range needs {
			got = append(got, strings.ReplaceAll(text(need), "arn:aws:", ""))
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s %s asks for %q (%v), want %q", c.service, call.Operation, got, err, c.want)
		}
	}
}

// A group that launches from a template needs what an instance is made of, and to pass the role of its profile.
func TestLaunches(t *testing.T) {
	body := "Action=CreateAutoScalingGroup&AutoScalingGroupName=g&LaunchTemplate.LaunchTemplateId=lt-1"
	call, err := Read(request("autoscaling", "POST", "/", "", body), []byte(body), "1", known{})
	if err != nil {
		t.Fatal(err)
	}
	needs, err := call.Needs()
	if err != nil {
		t.Fatal(err)
	}
	actions := map[string]int{}
	for _, need := range needs {
		actions[need.Action]++
		if from := need.Context["ec2:LaunchTemplate"]; need.Action == "ec2:RunInstances" && !slices.Equal(from, []string{"arn:aws:ec2:eu-west-1:1:launch-template/lt-1"}) {
			t.Errorf("%s is launched from %q", need.Resource, from)
		}
	}
	if actions["ec2:RunInstances"] != 7 || actions["iam:PassRole"] != 1 || actions["autoscaling:CreateAutoScalingGroup"] != 1 ||
		actions["ssm:GetParameters"] != 1 {
		t.Errorf("asks for %v", actions)
	}
}

// What has no rule is an error that names it, never an empty answer.
func TestUnmapped(t *testing.T) {
	for _, c := range [][3]string{{"ec2", "", "Action=RunScheduledInstances"}, {"ecs", "A.DiscoverPollEndpoint", "{}"}, {"glacier", "A.ListVaults", "{}"}} {
		call, err := Read(request(c[0], "POST", "/", c[1], c[2]), []byte(c[2]), "1", known{})
		if err != nil {
			t.Fatal(err)
		}
		var unmapped *Unmapped
		if _, err := call.Needs(); !errors.As(err, &unmapped) || unmapped.Service != c[0] {
			t.Errorf("%v: %v", c, err)
		}
	}
	if _, err := Read(httptest.NewRequest("GET", "/", nil), nil, "1", known{}); err == nil {
		t.Error("a request without a signature is no error")
	}
}
