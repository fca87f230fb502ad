package config

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

const testImage = "000000000000.dkr.ecr.us-east-1.amazonaws.com/slipway@sha256:" + testDigest
const certificate = "arn:aws:acm:us-east-1:000000000000:certificate/abc-1"
const testDigest = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

func TestParseDefaults(t *testing.T) {
	config, err := Parse(map[string]string{"kind": "environment"})
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Kind: KindEnvironment, AppName: "slipway", RepositoryName: "slipway", Branch: "main", DeliveryStack: "delivery",
		Capacity: CapacityEC2, Architecture: ArchitectureX86, InstanceType: "t3.small", MinInstances: 1, MaxInstances: 2,
		DesiredCount: 2, MaxCount: 2, ScaleOnCPU: 60, MinimumHealthyPercent: 100, MaximumPercent: 200, CPU: 256, Memory: 384,
		MaxInstanceDays: 21, DropCapabilities: []string{"AUDIT_WRITE", "MKNOD", "NET_RAW", "SETFCAP", "SYS_CHROOT"}, NoNewPrivileges: true,
		ContainerPort: 8080, HealthPath: "/healthz", HealthGrace: 30,
		HealthCheck:         HealthCheck{Matcher: "200", Interval: 5, Timeout: 3, HealthyThreshold: 2, UnhealthyThreshold: 2},
		Build:               Build{Context: "images/app", Dockerfile: "Dockerfile"},
		DeregistrationDelay: 15,
		VPCCidr:             "10.0.0.0/16", Zones: 2, NAT: NATNone, LogRetentionDays: 30,
		Environments: []string{"dev", "staging"}, Approvals: []string{"staging"}, ExecutionMode: ExecutionQueued,
		ArtifactRetentionDays: 30, JobName: "slipway", ProjectFolder: ".", PulumiBinary: ".slipway/tools/bin/pulumi", JenkinsInstanceType: "t3.large", JenkinsVolumeSize: 50,
		Gates: Gates{BeforeTimeout: 15 * time.Minute, VerifyTimeout: 5 * time.Minute, ScanTimeout: 2 * time.Minute}, zone: time.UTC,
	}
	if len(config.EgressPorts) != 1 || config.EgressPorts[0] != 443 {
		t.Errorf("egress ports are %v", config.EgressPorts)
	}
	config.EgressPorts = nil
	if got, want := sprint(*config), sprint(want); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestParseReportsEveryProblemAtOnce(t *testing.T) {
	_, err := Parse(map[string]string{
		"kind": "stage", "zones": "9", "allowedCidr": "0.0.0.0/0", "desiredCuont": "3", "image": "slipway:latest",
	})
	var problems *Error
	if !errors.As(err, &problems) {
		t.Fatalf("got %v", err)
	}
	want := `reading the configuration: 5 problem(s)
  slipway:desiredCuont = "3": unknown key; the nearest is slipway:desiredCount
  slipway:kind = "stage": required: delivery or environment
  slipway:allowedCidr = "0.0.0.0/0": an IPv4 CIDR block such as 203.0.113.7/32; the whole internet (0.0.0.0/0) and IPv6, which the network does not speak, are refused
  slipway:image = "slipway:latest": an image by digest: repository@sha256: and 64 hexadecimal digits
  slipway:zones = "9": a whole number from 2 to 6`
	if err.Error() != want {
		t.Errorf("got:\n%s\nwant:\n%s", err, want)
	}
}

var (
	onGitHub = map[string]string{
		"connectionArn": "arn:aws:codestar-connections:us-east-1:000000000000:connection/abc", "githubRepository": "me/app",
	}
	forDelivery = map[string]string{
		"allowedCidr": "203.0.113.7/32", "backendUrl": "s3://state", "workerBinary": "bin/slipway",
	}
	givenNetwork = map[string]string{
		"jenkinsVpcId": "vpc-0123456789abcdef0", "jenkinsSubnetId": "subnet-0123456789abcdef0", "jenkinsZone": "us-east-1a",
	}
)

func TestParseValues(t *testing.T) {
	for _, c := range []struct {
		key      string
		allowed  []string
		refused  []string
		together map[string]string
	}{
		{"kind", []string{"delivery", "environment"}, []string{"", "Delivery"}, forDelivery},
		{"kind", []string{"environment"}, []string{"delivery"}, nil},
		{"appName", []string{"app", "my-app2"}, []string{"", "a", "App", "a--b", "ecs-app", "ssm-app", "fargate", "sg-x", "internal", "awsome", "a-", "; rm -rf", strings.Repeat("a", 21)}, nil},
		{"branch", []string{"main", "feature/x-1"}, []string{"", "-x", "a..b", "a b", "x.lock", "x/", "$(x)"}, nil},
		{"repositoryName", []string{"my.repo_1", ""}, []string{"a/b", "a b"}, nil},
		{"keyName", []string{"my key", ""}, []string{" a", "a\n"}, nil},
		{"allowedCidr", []string{"203.0.113.7/32", ""}, []string{"2001:db8::/64", "0.0.0.0/0", "::/0", "1.2.3.4/0", "10.0.0.1/8", "::ffff:0.0.0.0/96", "203.0.113.7", "x"}, nil},
		{"image", []string{testImage, "127.0.0.1:4501/slipway@sha256:" + testDigest, "php@sha256:" + testDigest, ""},
			[]string{"slipway", "slipway:1", "slipway@sha256:abc", "@sha256:" + testDigest, "a b@sha256:" + testDigest, "slipway@sha256:" + strings.ToUpper(testDigest), "../x@sha256:" + testDigest}, nil},
		{"commit", []string{"abc123"}, []string{"a/b", "$(x)", "-x"}, map[string]string{"image": testImage}},
		{"commit", nil, []string{"abc123"}, nil},
		{"deliveryStack", []string{"delivery", "org/slipway/delivery"}, []string{"", "a/b", "a b"}, nil},
		{"capacity", []string{"ec2", "fargate"}, []string{"", "EC2"}, nil},
		{"instanceType", []string{"t3.small", "g4dn.xlarge", ""}, []string{"t4g.small", "a1.large", "small"}, nil},
		{"instanceType", []string{"t4g.small", "c7gn.large", "a1.large", ""}, []string{"t3.small", "g4dn.xlarge"}, map[string]string{"architecture": "arm64"}},
		{"maxInstances", []string{"1", "100", ""}, []string{"0", "101", "x"}, nil},
		{"maxInstances", []string{"3"}, []string{"2"}, map[string]string{"minInstances": "3"}},
		{"desiredCount", []string{"1", "7"}, []string{"0", "8", "+2", "02", "2.0", "", "99999999999999999999"}, nil},
		{"maxCount", []string{"2", "5", ""}, []string{"1"}, nil},
		{"maximumPercent", []string{"200", "150"}, []string{"100", "149", "401"}, nil},
		{"minimumHealthyPercent", []string{"50", "0"}, []string{"51", "100"}, map[string]string{"maximumPercent": "100"}},
		{"memory", []string{"512", "2048"}, []string{"256", "4096"}, map[string]string{"capacity": "fargate"}},
		{"memory", []string{"16384", "61440"}, []string{"20000"}, map[string]string{"capacity": "fargate", "cpu": "8192"}},
		{"healthPath", []string{"/", "/healthz?full=1"}, []string{"", "healthz", "/a b"}, nil},
		{"versionPath", []string{"/version", ""}, []string{"version", "/a b"}, nil},
		{"user", []string{"1000", "app", "1000:1000", "app:www-data", ""}, []string{"-x", "a b", "a:b:c", "a:"}, nil},
		{"stopTimeout", []string{"2", "3600", ""}, []string{"1", "3601", "x"}, nil},
		{"stopTimeout", []string{"120"}, []string{"121"}, map[string]string{"capacity": "fargate", "memory": "512"}},
		{"containers", []string{"containers.json", "deploy/side cars.json", "../more.json", ""}, []string{"/etc/x.json", "x.yaml", ".json"}, nil},
		{"command", []string{`["a","b c",""]`, `[]`, "null", ""}, []string{"a,b", `"a"`, `[1]`, `[true]`, `[null]`, `{"a":"b"}`, `["a"] []`}, nil},
		{"variables", []string{`{"A":"b","_x.y-z":"two\nlines"}`, `{}`, ""}, []string{`A=b`, `["A"]`, `{"A":1}`, `{"A":true}`, `{"A":null}`, `{"A":["b"]}`, `{"1A":"b"}`, `{"A B":"c"}`,
			`{"SLIPWAY_COMMIT":"x"}`, `{"ECS_CONTAINER_METADATA_URI_V4":"x"}`, `{"A":"2026-01-02 00:00:00 +0000 UTC"}`, `{"A":"a\u0000b"}`, `{"A":"` + strings.Repeat("x", 57344) + `"}`}, nil},
		{"secrets", []string{`{"A":"name"}`, `{"A":"/app/db.pass-word"}`, `{"A":"arn:aws:ssm:eu-west-1:000000000000:parameter/app/x"}`,
			`{"A":"arn:aws:secretsmanager:us-east-1:000000000000:secret:app/db-AbCdEf"}`, `{"A":"arn:aws-us-gov:secretsmanager:us-gov-west-1:000000000000:secret:app/db-AbCdEf:password::"}`,
			`{"A":"arn:aws:secretsmanager:us-east-1:000000000000:secret:db-AbCdEf::AWSPREVIOUS:"}`},
			[]string{`{"A":"/"}`, `{"A":"a//b"}`, `{"A":"/aws/service/x"}`, `{"A":"ssm-x"}`, `{"A":"name:3"}`, `{"A":"arn:aws:secretsmanager:us-east-1:000000000000:secret:db"}`, `{"A":""}`,
				`{"A":"arn:aws:secretsmanager:us-east-1:000000000000:secret:db-AbCdEf:password"}`, `{"A":"arn:aws:s3:::bucket"}`, `{"A":"a b"}`, `{"SLIPWAY_X":"a"}`, `["A"]`}, nil},
		{"buildSecrets", []string{`{"NPM_TOKEN":"/shop/npm-token"}`}, []string{`{"A B":"name"}`, `{"A":"arn:aws:ssm:eu-west-1:000000000000:parameter/app/x"}`, `{"A":"/aws/x"}`, `["A"]`}, nil},
		{"secrets", []string{`{"B":"name"}`}, []string{`{"A":"name"}`}, map[string]string{"variables": `{"A":"x"}`}},
		{"healthCheck", []string{`{}`, `{"path":"/up","matcher":"200-299,302","interval":10,"timeout":"9","healthyThreshold":10,"unhealthyThreshold":3}`, `{"path":null}`},
			[]string{`"/up"`, `{"path":"up"}`, `{"matcher":"500"}`, `{"matcher":"299-200"}`, `{"matcher":"200,"}`, `{"interval":4}`, `{"interval":10.5}`, `{"timeout":5}`, `{"healthyThreshold":11}`,
				`{"unhealthyThreshold":1}`, `{"intervall":5}`, `{"interval":[5]}`}, nil},
		{"healthCheck", []string{`{"path":"/up"}`, `{}`}, []string{`{"path":"/well"}`}, map[string]string{"healthPath": "/up"}},
		{"build", []string{`{"context":".","dockerfile":"deploy/Dockerfile","target":"prod","arguments":{"VERSION":"1.2"},"secrets":["NPM_TOKEN"]}`, `{"context":".."}`},
			[]string{`"."`, `{"context":"/src"}`, `{"context":""}`, `{"target":"a b"}`, `{"arguments":{"VERSION":1.2}}`, `{"arguments":{"A-B":"x"}}`, `{"arguments":["A=b"]}`, `{"secrets":"NPM_TOKEN"}`,
				`{"secrets":["NPM_TOKEN","NPM_TOKEN"]}`, `{"secrets":["a b"]}`, `{"platforms":["linux/arm64"]}`}, nil},
		{"taskPolicies", []string{`["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess","deploy/policy.json"]`, `[]`},
			[]string{`arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess`, `["arn:aws:iam::aws:role/x"]`, `["policy.yaml"]`, `["/etc/policy.json"]`, `["a.json","a.json"]`}, nil},
		{"vpcCidr", []string{"10.0.0.0/16", "192.168.2.0/23"}, []string{"", "10.0.0.0/24", "10.0.0.0/15", "8.8.0.0/16", "10.0.1.0/16", "fd00::/16"}, nil},
		{"zoneNames", []string{"", "us-east-1a,us-east-1c", "us-gov-west-1a, us-gov-west-1b"}, []string{"us-east-1a", "us-east-1", "us-east-1a,us-east-1a", "a,b", "us-east-1a,us-east-1b,us-east-1c,us-east-1d,us-east-1e,us-east-1f,us-east-1g"}, nil},
		{"maxInstanceDays", []string{"1", "365"}, []string{"0", "366", ""}, nil},
		{"dropCapabilities", []string{"ALL", "none", "NET_RAW", "NET_RAW, SYS_CHROOT"}, []string{"", "all", "ALL,NET_RAW", "CAP_NET_RAW", "NET_ROW", "NET_RAW,NET_RAW", "a b"}, nil},
		{"readonlyRootFilesystem", []string{"true", "false"}, []string{"", "yes"}, nil},
		{"noNewPrivileges", []string{"true", "false"}, []string{"", "yes"}, nil},
		{"initProcess", []string{"true", "false"}, []string{"", "yes"}, nil},
		{"exec", []string{"true", "false"}, []string{"", "yes"}, nil},
		{"exec", []string{"false"}, []string{"true"}, map[string]string{"readonlyRootFilesystem": "true"}},
		{"accessLogs", []string{"true", "false"}, []string{"", "yes"}, nil},
		{"deletionProtection", []string{"true", "false"}, []string{"", "yes"}, nil},
		{"nat", []string{"none", "single", "perZone"}, []string{"", "true"}, nil},
		{"egressPorts", []string{"443", "443, 5432"}, []string{"", "443,443", "0", "65536", "443,"}, nil},
		{"certificateArn", []string{certificate}, []string{"", "x", "arn:aws:iam::000000000000:role/x"}, map[string]string{"domainName": "app.example.com"}},
		{"certificateArn", []string{""}, []string{certificate}, nil},
		{"domainName", []string{""}, []string{"app.example.com"}, nil},
		{"domainName", []string{"app.example.com"}, []string{"", "localhost", "-a.com", "http://a.com"}, map[string]string{"certificateArn": certificate}},
		{"hostedZoneId", []string{"Z0123456789ABCDEFGHIJ", ""}, []string{"z012", "app.example.com"}, map[string]string{"certificateArn": certificate, "domainName": "app.example.com"}},
		{"hostedZoneId", nil, []string{"Z0123456789ABCDEFGHIJ"}, nil},
		{"logRetentionDays", []string{"1", "30", "3653"}, []string{"", "2", "0"}, nil},
		{"kmsKeyArn", []string{"arn:aws:kms:us-east-1:000000000000:key/abc", ""}, []string{"alias/x"}, nil},
		{"deleteImages", []string{"true", "false"}, []string{"", "yes"}, nil},

		{"existingRepository", []string{"my.repo_1", ""}, []string{"a/b"}, nil},
		{"existingRepository", nil, []string{"there"}, map[string]string{"repositoryName": "own"}},
		{"existingRepository", []string{""}, []string{"there"}, onGitHub},
		{"connectionArn", nil, []string{"arn:aws:codeconnections:us-east-1:000000000000:connection/abc"}, nil},
		{"connectionArn", []string{"arn:aws:codeconnections:us-east-1:000000000000:connection/abc"}, []string{"", "arn:aws:iam::000000000000:role/x"}, onGitHub},
		{"githubRepository", []string{"me/app", "my-org/my.app_1"}, []string{"", "me", "me/app/x", "-me/app", "me/a b"}, onGitHub},
		{"repositoryName", []string{""}, []string{"own"}, onGitHub},
		{"environments", []string{"dev", "dev, staging,prod", "a,b,c,d,e,f,g,h"}, []string{"", "dev,dev", "dev,", "Source", "a b", "delivery", "dev,delivery", "dev,images", "a,b,c,d,e,f,g,h,i"}, nil},
		{"approvals", []string{"all", "none", "staging"}, []string{"", "dev", "prod", "staging,staging", "staging,"}, nil},
		{"approvals", []string{"all", "none", "prod", "qa,prod"}, []string{"dev", "staging"}, map[string]string{"environments": "dev,qa,prod"}},
		{"executionMode", []string{"QUEUED", "SUPERSEDED"}, []string{"", "PARALLEL", "queued"}, nil},
		{"artifactRetentionDays", []string{"14", "3650"}, []string{"13", "3651", ""}, nil},
		{"consoleUrl", []string{"http://127.0.0.1:4500/console", "https://x.example.com/", ""}, []string{"ftp://x", "x", "https://", "https://u@x", "https://x?a=b", "https://x/$(y)"}, nil},
		{"jobName", []string{"slipway", "A_b-9"}, []string{"", "a b", "a/b", strings.Repeat("a", 21)}, nil},
		{"jenkinsInstanceType", []string{"t3.large", "t4g.medium", "m5.large", "p3dn.24xlarge", "x1-gov.large"}, []string{"", "large", "t2.medium", "m4.large", "x1e.xlarge", "h1.2xlarge"}, nil},
		{"jenkinsImage", []string{"ami-0123456789abcdef0", ""}, []string{"ami-x", "resolve:ssm:/aws"}, nil},
		{"jenkinsVolumeSize", []string{"20", "16384"}, []string{"19", "16385", ""}, nil},
		{"jenkinsVpcId", nil, []string{"vpc-0123456789abcdef0"}, nil},
		{"jenkinsVpcId", []string{"vpc-0123456789abcdef0", "vpc-01234567"}, []string{"", "subnet-01234567", "vpc-x"}, givenNetwork},
		{"jenkinsSubnetId", []string{"subnet-0123456789abcdef0"}, []string{"", "vpc-01234567"}, givenNetwork},
		{"jenkinsZone", []string{"us-east-1a", "us-gov-west-1b", "us-west-2-lax-1a"}, []string{"", "us-east-1", "a"}, givenNetwork},
		{"jenkinsHostName", []string{"jenkins.example.com", ""}, []string{"192.0.2.1", "https://a.com"}, nil},
		{"deleteJenkinsHome", []string{"true", "false"}, []string{"", "yes"}, nil},
		{"deployInfrastructure", []string{"true", "false"}, []string{"", "yes"}, nil},
		{"backendUrl", []string{"s3://b/p?region=us-east-1&awssdk=v2", "file:///var/lib/state", "file:///home/a b/état", ""},
			[]string{"https://api.pulumi.com", "s3://", "file://host/x", "file://~", "s3://b/$(x)", "s3://b/'x'", "gs://b", "s3://u:p@b"}, nil},
		{"secretsProvider", []string{"awskms:///arn:aws:kms:us-east-1:000000000000:key/abc?region=us-east-1&awssdk=v2", "awskms://alias/slipway-state?region=eu-west-1", "passphrase", ""},
			[]string{"alias/x", "awskms://", "awskms://$(x)", "arn:aws:kms:us-east-1:000000000000:key/abc"}, nil},
		{"stateKeyArn", []string{"arn:aws:kms:us-east-1:000000000000:key/abc", ""}, []string{"alias/x"}, nil},
		{"permissionsBoundaryArn", []string{"arn:aws:iam::000000000000:policy/team/bound", "arn:aws:iam::aws:policy/PowerUserAccess", ""}, []string{"arn:aws:iam::000000000000:role/x", "bound"}, nil},
		{"notifyArn", []string{"arn:aws:sns:us-east-1:000000000000:ops", ""}, []string{"ops", "arn:aws:sns:us-east-1:000000000000:ops.fifo", "arn:aws:sqs:us-east-1:000000000000:ops"}, nil},
		{"notifyWebhook", []string{"https://hooks.example.com/T0/B0?key=a%20b", ""}, []string{"http://hooks.example.com/x", "hooks.example.com", "https://me:pw@example.com/", "https://example.com/a b", "https:///x", "https://example.com/#x"}, nil},
		{"hostedZoneIds", []string{"Z0123456789ABC", "Z1, Z2", ""}, []string{"z1", "Z1,Z1", "Z1,", "Z1,Z2,Z3,Z4,Z5,Z6,Z7,Z8,Z9"}, map[string]string{"deployInfrastructure": "true"}},
		{"projectFolder", []string{".", "api", "services/api", "services/a.b_c-d"},
			[]string{"/api", "../api", "services/../..", "services/", "./api", "a b", "-x", "a$b", "services//api"}, nil},
		{"goProxy", []string{"https://modules.example.com", "https://a.example.com/go,https://b.example.com|direct", "direct", "off", ""},
			[]string{"http://a.example.com", "a.example.com", ",direct", "direct|", "https://u:p@a.example.com", "https://a.example.com/$(x)", "https://", "on"}, nil},
		{"goSumDb", []string{"off", "sum.example.com", "sum.example.com https://mirror.example.com/sum", "sum.example.com+0a1b2c3d+AbC/1+2=", ""},
			[]string{"sum.example.com http://x", "a b", "$(x)"}, nil},
		{"deleteRepository", []string{"true", "false"}, []string{"", "yes"}, nil},
		{"pulumiBinary", []string{"bin/pulumi"}, []string{"a\nb", ""}, nil},
		{"workerBinary", []string{"bin/slipway", "/opt/my bin/slipway", ""}, []string{"a\nb", strings.Repeat("a", 1001)}, nil},
	} {
		check := func(value string, ok bool) {
			raw := map[string]string{"kind": "environment"}
			for k, v := range c.together {
				raw[k] = v
			}
			raw[c.key] = value
			if _, err := Parse(raw); (err == nil) != ok {
				t.Errorf("%s = %q with %v: %v", c.key, value, c.together, err)
			}
		}
		for _, value := range c.allowed {
			check(value, true)
		}
		for _, value := range c.refused {
			check(value, false)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range settings {
		f.Add(s.key, s.fallback)
	}
	for _, o := range objects {
		f.Add(o.key, "{}")
		f.Add(o.key, "[]")
	}
	f.Add("healthCheck", `{"path":"/up","timeout":1}`)
	f.Add("variables", `{"A":["b",null]}`)
	f.Add("zonse", "2")
	f.Add("image", testImage)
	f.Fuzz(func(t *testing.T, key, value string) {
		config, err := Parse(map[string]string{"kind": KindEnvironment, key: value})
		if err == nil {
			checkInvariants(t, config)
			return
		}
		var problems *Error
		if config != nil || !errors.As(err, &problems) || len(problems.Problems) == 0 {
			t.Fatalf("config %v, error %v", config, err)
		}
		for _, p := range problems.Problems {
			if p.Key == "" && key != "" || p.Allowed == "" {
				t.Errorf("problem %+v says too little", p)
			}
		}
	})
}

// checkInvariants holds for every configuration that was accepted.
func checkInvariants(t *testing.T, c *Config) {
	t.Helper()
	if strings.HasSuffix(c.AllowedCidr, "/0") || c.VPCCidr == "" || c.InstanceType == "" || len(c.EgressPorts) == 0 {
		t.Errorf("accepted %+v", c)
	}
	if c.Zones < 2 || c.Zones > 8 || c.MaxCount < c.DesiredCount || c.DesiredCount < 1 {
		t.Errorf("accepted %+v", c)
	}
	if c.Image != "" && len(c.Image) < len("@sha256:")+64 {
		t.Errorf("accepted image %q", c.Image)
	}
}

func sprint(v any) string { return fmt.Sprintf("%+v", v) }
