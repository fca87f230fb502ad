package config

import (
	"maps"
	"slices"

	"github.com/agext/levenshtein"
)

// setting is one key of the configuration.
type setting struct {
	key string
	// fallback is used when the key is not given; empty leaves the field's zero value.
	fallback string
	// allowed ends the sentence "this must be".
	allowed string
	// set stores a value and says whether it was allowed.
	set func(c *Config, value string) bool
}

const (
	instanceTypePattern    = `[a-z][a-z0-9-]*\.[a-z0-9-]+`
	hostNamePattern        = `([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}`
	zonePattern            = `[a-z]{2}(-[a-z]+)+-[0-9]+(-[a-z]+-[0-9]+)?[a-z]`
	secretsProviderPattern = `passphrase|(awskms|gcpkms|azurekeyvault|hashivault)://[A-Za-z0-9._:/?&=+%@-]+`
	kmsKeyPattern          = `arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+`
	managedPolicyPattern   = `arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[!-~]{1,512}`
)

// settings are all keys there are, in the order of the documentation.
var settings = []setting{
	{"kind", "", "required: delivery or environment", oneOf(func(c *Config) *string { return &c.Kind }, KindDelivery, KindEnvironment)},
	{"appName", "slipway", "2 to 20 lower-case letters, digits and single hyphens, not beginning with aws, ssm, ecs, fargate, sg or internal", setAppName},
	{"repositoryName", "", "a git repository name: 1 to 100 letters, digits, dots, hyphens and underscores", match(func(c *Config) *string { return &c.RepositoryName }, `[A-Za-z0-9._-]{1,100}`)},
	{"branch", "main", "a git branch name: letters, digits, dots, hyphens, underscores and slashes", setBranch},
	{"keyName", "", "the name of an EC2 key pair, 1 to 255 printable characters", match(func(c *Config) *string { return &c.KeyName }, `[!-~]([ -~]{0,253}[!-~])?`)},
	{"allowedCidr", "", "an IPv4 CIDR block such as 203.0.113.7/32; the whole internet (0.0.0.0/0) and IPv6, which the network does not speak, are refused", setAllowedCidr},

	{"existingRepository", "", "the name of a CodeCommit repository that is there already", match(func(c *Config) *string { return &c.ExistingRepository }, `[A-Za-z0-9._-]{1,100}`)},
	{"connectionArn", "", "the ARN of a connection to GitHub", match(func(c *Config) *string { return &c.ConnectionArn }, `arn:aws[a-z-]*:(codestar-connections|codeconnections):[a-z0-9-]+:[0-9]{12}:connection/[A-Za-z0-9-]+`)},
	{"githubRepository", "", "owner/name of a repository on GitHub", match(func(c *Config) *string { return &c.GitHubRepository }, `[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}`)},
	{"deleteRepository", "false", "true or false", truth(func(c *Config) *bool { return &c.DeleteRepository })},

	{"environments", "dev,staging", "1 to 8 stack names other than images, in the order of the pipeline, each once, separated by commas", setEnvironments},
	{"approvals", approvalsAll, "all, none or those of slipway:environments after the first, separated by commas", setApprovals},
	{"executionMode", ExecutionQueued, "QUEUED or SUPERSEDED", oneOf(func(c *Config) *string { return &c.ExecutionMode }, ExecutionQueued, ExecutionSuperseded)},
	{"artifactRetentionDays", "30", "days from 14 to 3650: an approval may wait for 7", within(func(c *Config) *int { return &c.ArtifactRetentionDays }, 14, 3650)},
	{"consoleUrl", "", "an http or https URL without query, such as https://us-east-1.console.aws.amazon.com", setConsoleURL},

	{"jobName", "slipway", "1 to 20 letters, digits, hyphens and underscores", match(func(c *Config) *string { return &c.JobName }, `[A-Za-z0-9_-]{1,20}`)},
	{"jenkinsInstanceType", "t3.large", "an EC2 instance type of the Nitro system, such as t3.large", setJenkinsInstanceType},
	{"jenkinsImage", "", "the id of a machine image: ami- and hexadecimal digits", match(func(c *Config) *string { return &c.JenkinsImage }, `ami-[0-9a-f]{8,17}`)},
	{"jenkinsVolumeSize", "50", "GiB from 20 to 16384", within(func(c *Config) *int { return &c.JenkinsVolumeSize }, 20, 16384)},
	{"jenkinsVpcId", "", "the id of a VPC: vpc- and hexadecimal digits", match(func(c *Config) *string { return &c.JenkinsVPC }, `vpc-[0-9a-f]{8,17}`)},
	{"jenkinsSubnetId", "", "the id of a subnet: subnet- and hexadecimal digits", match(func(c *Config) *string { return &c.JenkinsSubnet }, `subnet-[0-9a-f]{8,17}`)},
	{"jenkinsZone", "", "an availability zone such as us-east-1a", match(func(c *Config) *string { return &c.JenkinsZone }, zonePattern)},
	{"jenkinsHostName", "", "a host name such as jenkins.example.com", match(func(c *Config) *string { return &c.JenkinsHostName }, hostNamePattern)},
	{"deleteJenkinsHome", "false", "true or false", truth(func(c *Config) *bool { return &c.DeleteJenkinsHome })},

	{"deployInfrastructure", "false", "true or false", truth(func(c *Config) *bool { return &c.DeployInfrastructure })},
	{"backendUrl", "", "the URL of a state backend: s3://bucket/prefix?region=us-east-1&awssdk=v2, or file:// and a folder of the Jenkins host", setBackendURL},
	{"secretsProvider", "", "the URL of a secrets provider such as awskms:///ARN?region=us-east-1&awssdk=v2, or passphrase", match(func(c *Config) *string { return &c.SecretsProvider }, secretsProviderPattern)},
	{"stateKeyArn", "", "the ARN of a KMS key", match(func(c *Config) *string { return &c.StateKeyArn }, kmsKeyPattern)},
	{"permissionsBoundaryArn", "", "the ARN of a managed policy of IAM", match(func(c *Config) *string { return &c.PermissionsBoundaryArn }, managedPolicyPattern)},
	{"notifyArn", "", "the ARN of an SNS topic that is no FIFO topic", match(func(c *Config) *string { return &c.NotifyArn }, `arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}`)},
	{"notifyWebhook", "", "an https URL without a user, up to 2000 characters; it may be a secret", setNotifyWebhook},
	{"hostedZoneIds", "", "1 to 8 ids of hosted zones of Route 53, each once, separated by commas; only with slipway:deployInfrastructure", setHostedZones},
	{"projectFolder", ".", "a folder of the repository, such as services/api: names of letters, digits, '.', '_' and '-'", setProjectFolder},
	{"goProxy", "", "what Go takes as GOPROXY: https URLs, direct or off, separated by commas or bars", setGoProxy},
	{"goSumDb", "", "what Go takes as GOSUMDB: off, or the name of a checksum database, with its key and an https URL where Go needs them", match(func(c *Config) *string { return &c.GoSumDB }, `off|[A-Za-z0-9.-]+(\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+)?( https://[A-Za-z0-9.:/_-]+)?`)},
	{"workerBinary", "", "the path of a slipway binary for Linux, relative to the project", match(func(c *Config) *string { return &c.WorkerBinary }, `[^\x00-\x1f\x7f]{1,1000}`)},
	{"pulumiBinary", ".slipway/tools/bin/pulumi", "the path of a Pulumi CLI for Linux, relative to the project", match(func(c *Config) *string { return &c.PulumiBinary }, `[^\x00-\x1f\x7f]{1,1000}`)},

	{"image", "", "an image by digest: repository@sha256: and 64 hexadecimal digits", setImage},
	{"commit", "", "the commit of the image: 1 to 128 letters, digits, dots, hyphens and underscores", match(func(c *Config) *string { return &c.Commit }, `[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}`)},
	{"deliveryStack", "delivery", "a stack name, or organization/project/stack", match(func(c *Config) *string { return &c.DeliveryStack }, `([A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}/)?[A-Za-z0-9_.-]{1,100}`)},

	{"capacity", CapacityEC2, "ec2 or fargate", oneOf(func(c *Config) *string { return &c.Capacity }, CapacityEC2, CapacityFargate)},
	{"architecture", ArchitectureX86, "x86_64 or arm64", oneOf(func(c *Config) *string { return &c.Architecture }, ArchitectureX86, ArchitectureARM)},
	{"instanceType", "", "an EC2 instance type such as t3.small", match(func(c *Config) *string { return &c.InstanceType }, instanceTypePattern)},
	{"minInstances", "1", "a whole number from 0 to 100", within(func(c *Config) *int { return &c.MinInstances }, 0, 100)},
	{"maxInstances", "", "a whole number from 1 to 100", within(func(c *Config) *int { return &c.MaxInstances }, 1, 100)},
	{"maxInstanceDays", "21", "days from 1 to 365", within(func(c *Config) *int { return &c.MaxInstanceDays }, 1, 365)},

	{"desiredCount", "2", "a whole number from 1 to 1000", within(func(c *Config) *int { return &c.DesiredCount }, 1, 1000)},
	{"maxCount", "", "a whole number from 1 to 1000", within(func(c *Config) *int { return &c.MaxCount }, 1, 1000)},
	{"scaleOnCpu", "60", "a percentage from 10 to 95", within(func(c *Config) *int { return &c.ScaleOnCPU }, 10, 95)},
	{"minimumHealthyPercent", "100", "a percentage from 0 to 100", within(func(c *Config) *int { return &c.MinimumHealthyPercent }, 0, 100)},
	{"maximumPercent", "200", "a percentage from 100 to 400", within(func(c *Config) *int { return &c.MaximumPercent }, 100, 400)},
	{"cpu", "256", "CPU units from 128 to 16384 (1024 are one vCPU)", within(func(c *Config) *int { return &c.CPU }, 128, 16384)},
	{"memory", "", "MiB from 64 to 122880", within(func(c *Config) *int { return &c.Memory }, 64, 122880)},
	{"readonlyRootFilesystem", "false", "true or false", truth(func(c *Config) *bool { return &c.ReadonlyRootFilesystem })},
	{"dropCapabilities", defaultDrop, "ALL, none or names of Linux capabilities such as NET_RAW, each once, separated by commas", setDropCapabilities},
	{"noNewPrivileges", "true", "true or false", truth(func(c *Config) *bool { return &c.NoNewPrivileges })},
	{"initProcess", "false", "true or false", truth(func(c *Config) *bool { return &c.InitProcess })},
	{"exec", "false", "true or false", truth(func(c *Config) *bool { return &c.Exec })},

	{"user", "", "a user's name or number, with :GROUP behind it if need be", match(func(c *Config) *string { return &c.User }, `[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,63})?`)},
	{"stopTimeout", "", "seconds from 2 to 3600, with Fargate to 120", within(func(c *Config) *int { return &c.StopTimeout }, 2, 3600)},
	{"containers", "", "a JSON file, relative to the folder of Pulumi.yaml", match(func(c *Config) *string { return &c.Containers }, relativePathPattern+`\.json`)},

	{"containerPort", "8080", "a port from 1 to 65535", within(func(c *Config) *int { return &c.ContainerPort }, 1, 65535)},
	{"healthPath", "/healthz", "a URL path that begins with a slash, up to 1000 characters", match(func(c *Config) *string { return &c.HealthPath }, pathPattern)},
	{"versionPath", "", "a URL path that begins with a slash, up to 1000 characters", match(func(c *Config) *string { return &c.VersionPath }, pathPattern)},
	{"healthGrace", "30", "seconds from 0 to 3600", within(func(c *Config) *int { return &c.HealthGrace }, 0, 3600)},
	{"deregistrationDelay", "15", "seconds from 0 to 3600", within(func(c *Config) *int { return &c.DeregistrationDelay }, 0, 3600)},

	{"vpcCidr", "10.0.0.0/16", "a private IPv4 network from /16 to /23, such as 10.0.0.0/16", setVPCCidr},
	{"zones", "2", "a whole number from 2 to 6", within(func(c *Config) *int { return &c.Zones }, 2, 6)},
	{"zoneNames", "", "1 to 6 availability zones such as us-east-1a, each once, separated by commas", setZoneNames},
	{"nat", NATNone, "none, single or perZone", oneOf(func(c *Config) *string { return &c.NAT }, NATNone, NATSingle, NATPerZone)},
	{"egressPorts", "443", "TCP ports, each once, separated by commas", setEgressPorts},

	{"certificateArn", "", "the ARN of an ACM certificate", match(func(c *Config) *string { return &c.CertificateArn }, `arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+`)},
	{"domainName", "", "a host name such as app.example.com", match(func(c *Config) *string { return &c.DomainName }, hostNamePattern)},
	{"hostedZoneId", "", "the id of a hosted zone of Route 53: up to 32 capital letters and digits", match(func(c *Config) *string { return &c.HostedZone }, `[A-Z0-9]{1,32}`)},
	{"accessLogs", "false", "true or false", truth(func(c *Config) *bool { return &c.AccessLogs })},
	{"deletionProtection", "false", "true or false", truth(func(c *Config) *bool { return &c.DeletionProtection })},
	{"logRetentionDays", "30", "a period CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653", setLogRetention},
	{"kmsKeyArn", "", "the ARN of a KMS key", match(func(c *Config) *string { return &c.KMSKeyArn }, kmsKeyPattern)},
	{"deleteImages", "false", "true or false", truth(func(c *Config) *bool { return &c.DeleteImages })},
}

// apply stores the key's value or its fallback.
func (s setting) apply(c *Config, raw map[string]string) []Problem {
	value, given := raw[s.key]
	if !given {
		value = s.fallback
	}
	if value == "" && s.fallback == "" && s.key != "kind" {
		return nil
	}
	if !s.set(c, value) {
		if s.key == "notifyWebhook" {
			value = "…" // whoever has it may send to its receiver
		}
		return []Problem{{Key: s.key, Value: value, Allowed: s.allowed}}
	}
	return nil
}

// Known says whether a key, without its namespace, can be set.
func Known(key string) bool { return slices.Contains(known.names(), key) }

func (g *group) names() []string {
	var names []string
	for _, s := range g.settings {
		names = append(names, s.key)
	}
	for _, o := range g.objects {
		names = append(names, o.key)
	}
	return names
}

// unknown reports each key that there is not, with the key that it is nearest to.
func (g *group) unknown(raw map[string]string) []Problem {
	var problems []Problem
	names := g.names()
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		if slices.Contains(names, key) {
			continue
		}
		allowed, said := elsewhere[g.within+key]
		if !said {
			allowed = "unknown key; the nearest is " + Namespace + ":" + g.within + nearest(names, key)
		}
		problems = append(problems, Problem{Key: key, Value: clipped(raw[key]), Allowed: allowed})
	}
	return problems
}

// elsewhere says of keys that people look for where what they mean is said.
var elsewhere = map[string]string{"build.platform": onePlatform, "build.platforms": onePlatform}

const onePlatform = "unknown key: an image is built for one platform, that of slipway:architecture (" + ArchitectureX86 + " or " + ArchitectureARM + ")"

func nearest(names []string, key string) string {
	return slices.MinFunc(names, func(a, b string) int {
		return levenshtein.Distance(key, a, nil) - levenshtein.Distance(key, b, nil)
	})
}
