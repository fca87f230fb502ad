// Package config is the configuration of a stack: every key with its default and its check.
package config

import (
	"maps"
	"slices"
	"time"
)

// The kinds of stack: one delivery stack serves every environment.
const (
	KindDelivery    = "delivery"
	KindEnvironment = "environment"
)

// ImagesStack is the name of the stack in which images are built: each build replaces what it has.
const ImagesStack = "images"

// What runs the tasks of an environment.
const (
	CapacityEC2     = "ec2"
	CapacityFargate = "fargate"
)

// What becomes of pipeline executions that wait while another one runs.
const (
	ExecutionQueued     = "QUEUED"
	ExecutionSuperseded = "SUPERSEDED"
)

// How private subnets reach the internet.
const (
	NATNone    = "none"
	NATSingle  = "single"
	NATPerZone = "perZone"
)

// CPU architectures of the hosts and of the image.
const (
	ArchitectureX86 = "x86_64"
	ArchitectureARM = "arm64"
)

// Config is the checked configuration of one stack, with every default filled in.
type Config struct {
	// Kind is KindDelivery or KindEnvironment.
	Kind string
	// AppName stands in the names of all resources and is the name of the ECR repository; the project's name unless given.
	AppName string

	// RepositoryName and Branch are the git repository and branch that the pipeline follows. RepositoryName is empty
	// when the source is an existing repository or GitHub.
	RepositoryName, Branch string
	// ExistingRepository is a CodeCommit repository that is there already; empty for one of the stack's own.
	ExistingRepository string
	// ConnectionArn and GitHubRepository (owner/name) are a source on GitHub; both are empty for CodeCommit.
	ConnectionArn, GitHubRepository string
	// AllowedCidr may reach Jenkins; a delivery stack has one.
	AllowedCidr string

	// Environments are the stacks that a commit goes through, in order.
	Environments []string
	// Approvals are those of Environments before which a person has to agree.
	Approvals []string
	// ExecutionMode is ExecutionQueued or ExecutionSuperseded.
	ExecutionMode string
	// ArtifactRetentionDays is how long the bucket keeps what passes between the stages of the pipeline.
	ArtifactRetentionDays int
	// ConsoleURL is where the AWS console stands, without a slash at the end; empty for AWS's own.
	ConsoleURL string

	// JobName is the name of the Jenkins job.
	JobName string
	// JenkinsInstanceType and JenkinsVolumeSize (GiB, for JENKINS_HOME) describe the Jenkins host.
	JenkinsInstanceType string
	JenkinsVolumeSize   int
	// JenkinsVPC, JenkinsSubnet and JenkinsZone are a network that is there already; all are empty for one of the stack's own.
	JenkinsVPC, JenkinsSubnet, JenkinsZone string
	// JenkinsImage is the machine image of the Jenkins host; empty for the newest Amazon Linux 2023 of when it was made.
	JenkinsImage string
	// JenkinsHostName is a stable DNS name of the Jenkins host; empty when it is reached by its address.
	JenkinsHostName string
	// DeleteJenkinsHome lets destroy delete the volume of JENKINS_HOME.
	DeleteJenkinsHome bool
	// DeployInfrastructure allows Jenkins to change more of an environment than task definition and service.
	DeployInfrastructure bool
	// BackendURL is the state backend that Jenkins deploys with.
	BackendURL string
	// SecretsProvider is pulumi's URL of what encrypts the secrets of new stacks; empty for the backend's default.
	SecretsProvider string
	// StateKeyArn is the KMS key of the backend's bucket; empty when it is that of SecretsProvider, or none.
	StateKeyArn string
	// PermissionsBoundaryArn is the policy that bounds every role that Jenkins may make or change; empty for none.
	PermissionsBoundaryArn string
	// NotifyArn is the SNS topic that is told of approvals that wait, of executions and releases that fail and of a host
	// that is gone; empty for none.
	NotifyArn string
	// NotifyWebhook is the URL that is told of releases that fail; empty for none.
	NotifyWebhook string
	// BuildSecrets are the parameters of SSM that the builds of the pipeline read their secrets from, by the names that
	// Build.Secrets gives them.
	BuildSecrets map[string]string
	// HostedZones are the ids of the zones in which Jenkins may change the records of environments.
	HostedZones []string
	// ProjectFolder is where the project is in its repository, with slashes; "." is the repository itself.
	ProjectFolder string
	// GoProxy and GoSumDB are GOPROXY and GOSUMDB of the host's Go; empty for what the host's distribution sets.
	GoProxy, GoSumDB string
	// DeleteRepository lets destroy delete the CodeCommit repository of the stack's own.
	DeleteRepository bool
	// WorkerBinary is the path of the slipway binary that the Jenkins host gets, relative to the project.
	WorkerBinary string
	// PulumiBinary is the path of the Pulumi CLI that the Jenkins host gets, relative to the project.
	PulumiBinary string

	// Image is `repo@sha256:…`; empty means to keep what the stack runs.
	Image string
	// Commit is what Image was built from.
	Commit string
	// DeliveryStack is the stack whose registry the environment pulls from.
	DeliveryStack string

	// Capacity is CapacityEC2 or CapacityFargate.
	Capacity string
	// Architecture is ArchitectureX86 or ArchitectureARM.
	Architecture string
	// InstanceType, KeyName, MinInstances and MaxInstances describe the hosts of CapacityEC2.
	InstanceType, KeyName      string
	MinInstances, MaxInstances int
	// MaxInstanceDays is how old a host may become, in days, before a new one with the newest machine image takes over.
	MaxInstanceDays int

	// DesiredCount is the number of tasks; when MaxCount is greater, the service scales between the two.
	DesiredCount, MaxCount int
	// ScaleOnCPU is the average CPU use, in percent, that scaling aims at.
	ScaleOnCPU int
	// MinimumHealthyPercent and MaximumPercent bound the running tasks in a rollout, in percent of DesiredCount.
	MinimumHealthyPercent, MaximumPercent int
	// CPU is in CPU units (1024 are one vCPU) and Memory in MiB, each for one task.
	CPU, Memory int
	// ReadonlyRootFilesystem lets the app write to its mounts only.
	ReadonlyRootFilesystem bool
	// DropCapabilities are what the app may do less than Docker's default, without CAP_; ALL is all of them.
	DropCapabilities []string
	// NoNewPrivileges keeps set-user-ID programs from giving the app more rights; Fargate does not offer it.
	NoNewPrivileges bool
	// InitProcess runs a small init as process 1, which reaps what the app leaves behind.
	InitProcess bool
	// Exec lets people run commands in tasks (ECS Exec).
	Exec bool

	// Build is how the image is made.
	Build Build
	// Variables are environment variables of the app, in the clear.
	Variables map[string]string
	// Secrets are environment variables whose values ECS reads when a task starts: what ParseSecret takes, by name.
	Secrets map[string]string
	// Command and EntryPoint replace those of the image; nil leaves them.
	Command, EntryPoint []string
	// User is whom the app runs as; empty for the image's own.
	User string
	// StopTimeout is how long the app may take to end after SIGTERM, in seconds; 0 for ECS's own 30.
	StopTimeout int
	// TaskPolicies are ARNs of managed policies and files with policies: what the app may do on AWS.
	TaskPolicies []string
	// PolicyFiles are those of TaskPolicies that are files, once ReadFiles has read them.
	PolicyFiles []PolicyFile
	// Containers is a file with further containers of each task; empty for none.
	Containers string
	// Further are the definitions in Containers, once ReadFiles has read them.
	Further []Container

	// ContainerPort and HealthPath are where the app listens and says that it is well.
	ContainerPort int
	HealthPath    string
	// HealthCheck is how the load balancer asks it.
	HealthCheck HealthCheck
	checkPath   string
	// VersionPath is where the app says, as JSON, which commit and digest it is; empty for an app that does not.
	VersionPath string
	// HealthGrace is how long a new task may fail its health checks, in seconds.
	HealthGrace int
	// DeregistrationDelay is how long a leaving task may finish its requests, in seconds.
	DeregistrationDelay int

	// VPCCidr is divided into sixteen subnets, of which each zone takes two.
	VPCCidr string
	// Zones is the number of availability zones; ZoneNames are their names, empty to let the program choose.
	Zones     int
	ZoneNames []string
	// NAT is NATNone, NATSingle or NATPerZone.
	NAT string
	// EgressPorts are the TCP ports on which tasks and hosts may reach the internet.
	EgressPorts []int

	// CertificateArn turns HTTPS on; DomainName is the name it is for. Both are given or neither.
	CertificateArn, DomainName string
	// HostedZone is the id of the Route 53 zone that gets a record for DomainName; empty for no record.
	HostedZone string
	// AccessLogs has the load balancer write down each request, in a bucket.
	AccessLogs bool
	// DeletionProtection keeps the load balancer from being deleted.
	DeletionProtection bool
	// LogRetentionDays is how long CloudWatch Logs keeps what the app writes.
	LogRetentionDays int
	// KMSKeyArn encrypts images, logs and disks; empty means the key that AWS keeps for each service.
	KMSKeyArn string
	// DeleteImages allows destroy to delete a registry that still holds images.
	DeleteImages bool

	// Gates are what must hold before a release, and after its rollout.
	Gates   Gates
	windows []string
	zone    *time.Location
}

// Named gives the values of a project's stack the name of the project as slipway:appName when they have none, so that two
// projects in one account share no name.
func Named(raw map[string]string, project string) map[string]string {
	if _, given := raw["appName"]; given {
		return raw
	}
	named := map[string]string{"appName": project}
	maps.Copy(named, raw)
	return named
}

// Parse checks the values of a stack's configuration, whose keys come without their namespace.
// Its error is a *Error with every problem found.
func Parse(raw map[string]string) (*Config, error) {
	config := &Config{}
	problems := known.read(config, raw)
	if len(problems) == 0 {
		problems = config.onePath(raw)
	}
	if len(problems) == 0 {
		config.fill()
		problems = config.contradictions()
	}
	if len(problems) > 0 {
		return nil, &Error{Problems: problems}
	}
	return config, nil
}

// onePath takes the health check's path from either of its keys.
func (c *Config) onePath(raw map[string]string) []Problem {
	if c.checkPath == "" || c.checkPath == c.HealthPath {
		return nil
	}
	if given := raw["healthPath"]; given != "" {
		return []Problem{{Key: "healthCheck.path", Value: c.checkPath, Allowed: "the same as slipway:healthPath (" + given + "), or one of the two alone"}}
	}
	c.HealthPath = c.checkPath
	return nil
}

// fill sets the defaults that follow from other values.
func (c *Config) fill() {
	if c.RepositoryName == "" && c.ExistingRepository == "" && c.GitHubRepository == "" {
		c.RepositoryName = c.AppName
	}
	if slices.Equal(c.Approvals, []string{approvalsAll}) {
		c.Approvals = slices.Clone(c.Environments[1:])
	}
	if c.InstanceType == "" {
		c.InstanceType = map[string]string{ArchitectureX86: "t3.small", ArchitectureARM: "t4g.small"}[c.Architecture]
	}
	if c.MaxInstances == 0 {
		c.MaxInstances = max(2, 2*c.MinInstances)
	}
	if c.Memory == 0 {
		c.Memory = map[string]int{CapacityEC2: 384, CapacityFargate: 512}[c.Capacity]
	}
	if len(c.ZoneNames) > 0 {
		c.Zones = len(c.ZoneNames)
	}
	if c.MaxCount == 0 {
		c.MaxCount = c.DesiredCount
	}
	c.readWindows()
}
