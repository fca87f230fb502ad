package infra

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
)

type document struct {
	Statement []struct {
		Effect    string
		Principal map[string]string
		Action    []string
		Resource  []string
		Condition map[string]map[string]any
	}
}

// withoutResource are actions that IAM cannot limit to a resource.
var withoutResource = []string{"ecr:GetAuthorizationToken"}

func TestPoliciesAllowNoMoreThanNamed(t *testing.T) {
	for name, config := range variants {
		for _, d := range environmentWith(t, config).of("aws:iam/rolePolicy:RolePolicy") {
			for _, s := range decode[document](t, d.text("policy")).Statement {
				for _, action := range s.Action {
					if strings.Contains(action, "*") {
						t.Errorf("%s: %s allows %s", name, d.name, action)
					}
					if slices.Contains(s.Resource, "*") && !slices.Contains(withoutResource, action) && !ofAgent(action) {
						t.Errorf("%s: %s allows %s on everything", name, d.name, action)
					}
				}
			}
		}
	}
}

func TestExecutionRoleReachesOneRepositoryAndOneLogGroup(t *testing.T) {
	r := environmentWith(t, variants["ec2"])
	document := decode[document](t, r.of("aws:iam/rolePolicy:RolePolicy")[0].text("policy"))
	var resources []string
	for _, s := range document.Statement {
		resources = append(resources, s.Resource...)
	}
	want := []string{
		"arn:aws:test:us-east-1:000000000000:slipway-dev-logs:log-stream:*", "*",
		"arn:aws:ecr:us-east-1:000000000000:repository/slipway",
	}
	if !slices.Equal(resources, want) {
		t.Errorf("resources are %q, want %q", resources, want)
	}
}

func TestTaskRolesAreTakenForThisAccountOnly(t *testing.T) {
	r := environmentWith(t, variants["fargate"])
	roles := r.of("aws:iam/role:Role")
	if len(roles) != 2 {
		t.Fatalf("there are %d roles", len(roles))
	}
	for _, role := range roles {
		s := decode[document](t, role.text("assumeRolePolicy")).Statement[0]
		if s.Principal["Service"] != "ecs-tasks.amazonaws.com" || s.Condition["StringEquals"]["aws:SourceAccount"] != "000000000000" {
			t.Errorf("%s is taken by %v if %v", role.name, s.Principal, s.Condition)
		}
	}
}

func TestOnlyTheLoadBalancerIsOpenToTheWorld(t *testing.T) {
	for name, config := range variants {
		r := environmentWith(t, config)
		for _, rule := range r.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule") {
			group, cidr := rule.text("securityGroupId"), rule.text("cidrIpv4")+rule.text("cidrIpv6")
			if cidr != "" && group != "slipway-dev-lb-id" {
				t.Errorf("%s: %s opens %s to %s", name, rule.name, group, cidr)
			}
			if port := rule.number("fromPort"); cidr != "" && port != 80 && port != 443 {
				t.Errorf("%s: %s opens port %v", name, rule.name, port)
			}
		}
		for _, rule := range r.of("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule") {
			if rule.text("securityGroupId") == "slipway-dev-lb-id" && rule.text("cidrIpv4") != "" {
				t.Errorf("%s: the load balancer reaches %s", name, rule.text("cidrIpv4"))
			}
		}
	}
}

func TestSecurityGroupsHaveNoRulesInside(t *testing.T) {
	for _, kind := range []string{"aws:ec2/securityGroup:SecurityGroup", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"} {
		for _, d := range environmentWith(t, variants["ec2"]).of(kind) {
			for _, side := range []string{"ingress", "egress"} {
				if _, given := d.get(side); given {
					t.Errorf("%s has rules inside", d.name)
				}
			}
		}
	}
}

func TestHostsKeepTheirCredentialsAndDisks(t *testing.T) {
	r := environmentWith(t, variants["everything"])
	template := r.only(t, "aws:ec2/launchTemplate:LaunchTemplate")
	if template.text("metadataOptions.httpTokens") != "required" || template.number("metadataOptions.httpPutResponseHopLimit") != 1 {
		t.Error("the metadata service answers containers")
	}
	if template.text("blockDeviceMappings[0].ebs.encrypted") != "true" || template.text("blockDeviceMappings[0].ebs.kmsKeyId") == "" {
		t.Error("the root disk is not encrypted with the key")
	}
	data, err := base64.StdEncoding.DecodeString(template.text("userData"))
	if err != nil || !strings.Contains(string(data), "ECS_CLUSTER=slipway-dev-cluster\n") {
		t.Errorf("user data is %q", data)
	}
	if want := "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id"; template.text("imageId") != want {
		t.Errorf("image is %s", template.text("imageId"))
	}
}

func TestRegistryKeepsWhatIsDeployed(t *testing.T) {
	r := deliveryWith(t, nil)
	repository := r.only(t, "aws:ecr/repository:Repository")
	if repository.text("imageTagMutability") != "IMMUTABLE" || !repository.truth("imageScanningConfiguration.scanOnPush") ||
		repository.truth("forceDelete") || repository.text("encryptionConfigurations[0].encryptionType") != "AES256" {
		t.Errorf("repository is %v", repository.inputs)
	}
	policy := decode[struct {
		Rules []struct {
			Selection struct{ TagStatus, CountType string }
		}
	}](t, r.only(t, "aws:ecr/lifecyclePolicy:LifecyclePolicy").text("policy"))
	for _, rule := range policy.Rules {
		if rule.Selection.TagStatus != "untagged" {
			t.Errorf("a rule expires %q images", rule.Selection.TagStatus)
		}
	}
}
