package infra

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// policyTexts are the policies of a stack that allow something, by the name of the role or policy.
func policyTexts(r *recording) map[string]string {
	texts := map[string]string{}
	for _, kind := range []string{"aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy"} {
		for _, d := range r.of(kind) {
			texts[d.name] = d.text("policy")
		}
	}
	return texts
}

// Each policy of delivery is a file that a person can read.
func TestDeliveryPolicies(t *testing.T) {
	for name, config := range deliveryVariants {
		r := deliveryWith(t, config)
		texts := policyTexts(r)
		for _, role := range r.of("aws:iam/role:Role") {
			texts[role.name+"-trust"] = role.text("assumeRolePolicy")
		}
		texts["slipway-delivery-bucket"] = r.only(t, "aws:s3/bucketPolicy:BucketPolicy").text("policy")
		all := map[string]json.RawMessage{}
		for policy, text := range texts {
			all[policy] = json.RawMessage(text)
		}
		golden(t, filepath.Join("testdata", "policies-"+name+".json"), all)
	}
}

func golden(t *testing.T, path string, value any) {
	t.Helper()
	got, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is otherwise (-update writes it anew):\n%s", path, got)
	}
}

// unscoped are actions of delivery that IAM cannot limit to a resource (Service Authorization Reference), and those of
// CodePipeline's jobs, which have no ARN.
var unscoped = append(slices.Clone(withoutResource),
	"codepipeline:AcknowledgeJob", "codepipeline:GetJobDetails", "codepipeline:PutJobFailureResult", "codepipeline:PutJobSuccessResult",
	"ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition")

// ofAgent are what an instance asks Systems Manager for in its own name: which instance, the credentials say.
func ofAgent(action string) bool {
	own := []string{
		"ssm:DescribeAssociation", "ssm:DescribeDocument", "ssm:GetDocument", "ssm:ListAssociations", "ssm:ListInstanceAssociations",
		"ssm:UpdateAssociationStatus", "ssm:UpdateInstanceAssociationStatus", "ssm:UpdateInstanceInformation",
	}
	return slices.Contains(own, action) || strings.HasPrefix(action, "ssmmessages:") || strings.HasPrefix(action, "ec2messages:")
}

func TestDeliveryPoliciesAllowNoMoreThanNamed(t *testing.T) {
	for name, config := range deliveryVariants {
		for policy, text := range policyTexts(deliveryWith(t, config)) {
			for _, s := range decode[document](t, text).Statement {
				for _, action := range s.Action {
					service, verb, _ := strings.Cut(action, ":")
					looks := strings.HasPrefix(verb, "Describe") && (service == "ec2" || strings.HasSuffix(service, "autoscaling") || service == "elasticloadbalancing")
					if strings.Contains(action, "*") {
						t.Errorf("%s: %s allows %s", name, policy, action)
					}
					if slices.Contains(s.Resource, "*") && !slices.Contains(unscoped, action) && !looks && !ofAgent(action) && len(s.Condition) == 0 {
						t.Errorf("%s: %s allows %s on everything", name, policy, action)
					}
				}
			}
			if len(text) > 6144 {
				t.Errorf("%s: %s has %d characters, and IAM takes 6144", name, policy, len(text))
			}
		}
	}
}

// The most environments there may be, with long names, still fit into IAM's limits: 6144 characters for a policy, and
// ten policies for a role.
func TestManyEnvironmentsFitIntoPolicies(t *testing.T) {
	r := deliveryWith(t, map[string]string{
		"deployInfrastructure": "true", "appName": "long-name", "secretsProvider": "awskms://alias/state", "stateKeyArn": testKey,
		"permissionsBoundaryArn": "arn:aws:iam::000000000000:policy/bound", "notifyArn": "arn:aws:sns:us-east-1:000000000000:ops",
		"hostedZoneIds": "Z0123456789ABCDEFGHIJ1,Z0123456789ABCDEFGHIJ2,Z0123456789ABCDEFGHIJ3,Z0123456789ABCDEFGHIJ4,Z0123456789ABCDEFGHIJ5,Z0123456789ABCDEFGHIJ6,Z0123456789ABCDEFGHIJ7,Z0123456789ABCDEFGHIJ8",
		"environments":  "env-one-a,env-two-b,env-three,env-four,env-five,env-six,env-seven,env-eight",
	})
	for policy, text := range policyTexts(r) {
		if len(text) > 6144 {
			t.Errorf("%s has %d characters", policy, len(text))
		}
	}
	if attached := r.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment"); len(attached) > 10 {
		t.Errorf("%d policies are attached", len(attached))
	}
}

// Without being told so, Jenkins changes nothing of an environment but task definition and service.
func TestJenkinsDeploysOnly(t *testing.T) {
	for policy, text := range policyTexts(deliveryWith(t, nil)) {
		for _, s := range decode[document](t, text).Statement {
			for _, action := range s.Action {
				changes := strings.HasPrefix(action, "ec2:") || strings.HasPrefix(action, "iam:") || strings.HasPrefix(action, "elasticloadbalancing:") || strings.HasPrefix(action, "autoscaling:")
				if changes && !strings.Contains(action, ":Describe") && action != "iam:PassRole" {
					t.Errorf("%s allows %s", policy, action)
				}
			}
		}
	}
}

func TestJenkinsReachesItsEnvironmentsOnly(t *testing.T) {
	r := deliveryWith(t, deliveryVariants["wide"])
	for policy, text := range policyTexts(r) {
		for _, s := range decode[document](t, text).Statement {
			for _, arn := range s.Resource {
				if strings.Contains(policy, "jenkins") && strings.Contains(arn, ":iam::") && !strings.Contains(arn, "/slipway-dev-") &&
					!strings.Contains(arn, "/slipway-staging-") && !strings.Contains(arn, "/slipway-prod-") && !strings.Contains(arn, ":role/aws-service-role/") {
					t.Errorf("%s reaches %s", policy, arn)
				}
			}
		}
	}
}

func TestDeliveryIsOpenToThoseAllowedOnly(t *testing.T) {
	for name, config := range deliveryVariants {
		for _, cidr := range []string{"203.0.113.0/24", "198.51.100.7/32"} {
			full := map[string]string{"allowedCidr": cidr}
			for key, value := range config {
				full[key] = value
			}
			rule := deliveryWith(t, full).only(t, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
			if got := rule.text("cidrIpv4") + rule.text("cidrIpv6"); got != cidr || rule.number("fromPort") != 8443 || rule.number("toPort") != 8443 || rule.text("ipProtocol") != "tcp" {
				t.Errorf("%s: %v is open", name, rule.inputs)
			}
		}
		r := deliveryWith(t, config)
		for _, rule := range r.of("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule") {
			if to := rule.number("toPort"); rule.number("fromPort") != to || to != 80 && to != 443 {
				t.Errorf("%s: the host reaches port %v", name, rule.number("fromPort"))
			}
		}
		for _, group := range r.of("aws:ec2/securityGroup:SecurityGroup") {
			for _, side := range []string{"ingress", "egress"} {
				if _, given := group.get(side); given {
					t.Errorf("%s: %s has rules inside", name, group.name)
				}
			}
		}
	}
}

func TestDeliveryIsEncrypted(t *testing.T) {
	for name, config := range deliveryVariants {
		r := deliveryWith(t, config)
		key, own := testKey, name == "wide"
		if !own {
			key = "arn:aws:kms:us-east-1:000000000000:key/slipway-delivery-artifacts"
			if !r.only(t, "aws:kms/key:Key").truth("enableKeyRotation") {
				t.Errorf("%s: the key is never rotated", name)
			}
			if alias := r.only(t, "aws:kms/alias:Alias").text("name"); alias != "alias/slipway-delivery-artifacts" {
				t.Errorf("%s: alias is %s", name, alias)
			}
		}
		encryption := r.only(t, "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2")
		object, host := r.of("aws:s3/bucketObjectv2:BucketObjectv2")[0], r.only(t, instanceType)
		for what, ok := range map[string]bool{
			"bucket": encryption.text("rules[0].applyServerSideEncryptionByDefault.sseAlgorithm") == "aws:kms" &&
				encryption.text("rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId") == key,
			"binary":    object.text("serverSideEncryption") == "aws:kms" && object.text("kmsKeyId") == key,
			"artifacts": r.only(t, pipelineType).text("artifactStores[0].encryptionKey.id") == key,
			"root disk": host.truth("rootBlockDevice.encrypted") && (!own || host.text("rootBlockDevice.kmsKeyId") == key),
			"home":      r.only(t, "aws:ebs/volume:Volume").truth("encrypted") && (!own || r.only(t, "aws:ebs/volume:Volume").text("kmsKeyId") == key),
			"logs":      !own || r.only(t, "aws:cloudwatch/logGroup:LogGroup").text("kmsKeyId") == key,
			"source":    !own || r.only(t, "aws:codecommit/repository:Repository").text("kmsKeyId") == key,
		} {
			if !ok {
				t.Errorf("%s: %s is not encrypted with %s", name, what, key)
			}
		}
	}
}

func TestBucketIsClosed(t *testing.T) {
	r := deliveryWith(t, nil)
	block := r.only(t, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
	for _, setting := range []string{"blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"} {
		if !block.truth(setting) {
			t.Errorf("%s is off", setting)
		}
	}
	if got := r.only(t, "aws:s3/bucketOwnershipControls:BucketOwnershipControls").text("rule.objectOwnership"); got != "BucketOwnerEnforced" {
		t.Errorf("ownership is %s", got)
	}
	if got := r.only(t, "aws:s3/bucketVersioningV2:BucketVersioningV2").text("versioningConfiguration.status"); got != "Enabled" {
		t.Errorf("versioning is %s", got)
	}
	if !r.only(t, "aws:s3/bucketV2:BucketV2").truth("forceDestroy") {
		t.Error("a destroy fails over artifacts")
	}
}

// No role of ours may read a parameter that is not its own: the managed policy of Systems Manager would let it read all.
func TestNoRoleReadsEveryParameter(t *testing.T) {
	for name, r := range map[string]*recording{"delivery": deliveryWith(t, deliveryVariants["wide"]), "ec2": environmentWith(t, variants["ec2"])} {
		for _, attachment := range r.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment") {
			if strings.Contains(attachment.text("policyArn"), "AmazonSSMManagedInstanceCore") {
				t.Errorf("%s: %s lets its role read every parameter", name, attachment.name)
			}
		}
	}
}

// Whatever Jenkins writes into a role of an environment stays within the boundary, and every such role has it.
func TestBoundary(t *testing.T) {
	const bound = "arn:aws:iam::000000000000:policy/bound"
	guarded := []string{"iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"}
	seen := map[string]bool{}
	for name, text := range policyTexts(deliveryWith(t, deliveryVariants["wide"])) {
		for _, s := range decode[document](t, text).Statement {
			for _, action := range s.Action {
				if slices.Contains(guarded, action) {
					seen[action] = true
					if !strings.Contains(sprint(s.Condition), "iam:PermissionsBoundary:"+bound) {
						t.Errorf("%s allows %s without the boundary", name, action)
					}
				}
				if strings.Contains(action, "RolePermissionsBoundary") {
					t.Errorf("%s allows %s", name, action)
				}
			}
		}
	}
	if len(seen) != len(guarded) {
		t.Errorf("only %v are allowed", seen)
	}
	for _, role := range environmentWith(t, map[string]string{"permissionsBoundaryArn": bound}).of("aws:iam/role:Role") {
		if role.text("permissionsBoundary") != bound {
			t.Errorf("%s has the boundary %q", role.name, role.text("permissionsBoundary"))
		}
	}
}
